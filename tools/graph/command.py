"""`kefu graph`: draws the flow of kefu.yaml, in the format that the name of the file asks for."""

import os
from collections.abc import Sequence

from appliance.cli.console import FINDING, FINE, Console, read_bytes
from appliance.cli.options import config_option
from appliance.errors import Text
from appliance.flow.wording import CLOCK
from appliance.runtime.check import check_bytes
from tools.drawing.paper import STDOUT, form_of, note_strange, put
from tools.drawing.render import rendered
from tools.graph.dot import dot_of
from tools.graph.mermaid import markdown_of, mermaid_of
from tools.graph.picture import Picture, picture_of
from tools.graph.svg import svg_of

FORMS = {
    ".svg": "svg",
    ".png": "png",
    ".pdf": "pdf",
    ".dot": "dot",
    ".gv": "dot",
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
    ".md": "markdown",
}
"""The format by the ending of the file."""


def command(arguments: Sequence[str], console: Console) -> int:
    """Draw; 1 when the file has errors, 2 when the format is not known."""
    parser = console.parser("graph", Text("把流程画成图。", "Draw the flow."))
    config_option(parser)
    parser.flag(
        "-o",
        "--output",
        metavar="FILE",
        default="-",
        zh="图存到哪里，格式看扩展名：svg、png、pdf、dot、mmd、md；- 是标准输出",
        en="where to; the ending says the format: svg, png, pdf, dot, mmd, md; - is stdout",
    )
    forms = sorted(set(FORMS.values()))
    parser.flag(
        "--format",
        choices=forms,
        metavar="FORMAT",
        zh=f"格式：{'、'.join(forms)}（写到标准输出时默认 mermaid）",
        en=f"the format: {', '.join(forms)} (default on stdout: mermaid)",
    )
    given = parser.parse_args(arguments)
    form = given.format or form_of(given.output, FORMS, "mermaid")
    checked = check_bytes(read_bytes(given.config), os.path.relpath(given.config), environment=None)
    if checked.spec is None or checked.graph is None:
        console.note(checked.diagnostics.render(console.language).rstrip("\n"))
        return FINDING
    drawn, strange = _drawn(picture_of(checked.spec, console.language), form)
    put(given.output, drawn)
    note_strange(strange, console)
    if given.output != STDOUT:
        console.show(
            console.text(f"已画好：{given.output}", f"drawn: {given.output}"),
            {"file": given.output, "format": form, "bundle": checked.graph.id, "missing": strange},
        )
    return FINE


def _drawn(picture: Picture, form: str) -> tuple[bytes, str]:
    """Return the picture and the characters that no font could draw."""
    if form == "svg":
        return svg_of(picture).encode(), ""
    if form == "dot":
        return dot_of(picture).encode(), ""
    if form == "mermaid":
        return mermaid_of(picture).encode(), ""
    if form == "markdown":
        return markdown_of(picture).encode(), ""
    made = rendered(dot_of(picture), form, omitted=CLOCK)
    return made.data, made.missing
