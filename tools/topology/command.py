"""`kefu topology`: draws the installation that kefu.yaml describes, on demand as the running appliance is."""

import os
import time
from collections.abc import Mapping, Sequence
from typing import get_args

from appliance.cli.console import FINDING, FINE, Console, UsageError, read_bytes
from appliance.cli.options import config_option, data_option
from appliance.cli.running import readable
from appliance.errors import Text
from appliance.runtime.check import check_bytes
from tools.drawing.paper import STDOUT, form_of, note_strange, put
from tools.topology.drawing import FORMS, drawn, picture_of
from tools.topology.live import shown_live
from tools.topology.picture import View
from tools.topology.running import asked_of


def command(arguments: Sequence[str], console: Console) -> int:
    """Draw; 1 when the file has errors or nothing runs that could be asked, 2 when the format is not known."""
    parser = console.parser(
        "topology",
        Text(
            "画出部署拓扑：端口、池、队列、上限、阈值。",
            "Draw the installation: ports, pools, queues, limits.",
        ),
    )
    config_option(parser)
    parser.flag(
        "-o",
        "--output",
        metavar="FILE",
        default=STDOUT,
        zh="图存到哪里，格式看扩展名：svg、png、pdf、dot、mmd、txt；- 是标准输出",
        en="where to; the ending says the format: svg, png, pdf, dot, mmd, txt; - is stdout",
    )
    forms = sorted(set(FORMS.values()))
    parser.flag(
        "--format",
        choices=forms,
        metavar="FORMAT",
        zh=f"格式：{'、'.join(forms)}（写到标准输出时默认 text）",
        en=f"the format: {', '.join(forms)} (default on stdout: text)",
    )
    parser.flag(
        "--view",
        choices=get_args(View),
        default="operator",
        metavar="VIEW",
        zh="operator 一切细节（默认）；manager 总览，最多十个框",
        en="operator: everything (default); manager: an overview, ten boxes at most",
    )
    parser.flag(
        "--live",
        action="store_true",
        zh="问正在运行的 kefu：按状态着色，标出文件与运行的不同",
        en="ask the running kefu: colours by state, marks where file and appliance differ",
    )
    data_option(parser)
    given = parser.parse_args(arguments)
    form = given.format or form_of(given.output, FORMS, "text")
    made = moment_of(os.environ)
    body, file = read_bytes(given.config), os.path.relpath(given.config)
    text = readable(body, file, console)
    if text is None:
        return FINDING
    checked = check_bytes(body, file, environment=None)
    if checked.spec is None or checked.graph is None:
        console.note(checked.diagnostics.render(console.language).rstrip("\n"))
        return FINDING
    picture = picture_of(checked.spec, text, console.language, given.view, made=made, whole=form == "text")
    if given.live:
        picture = shown_live(picture, checked.spec, asked_of(given.data, text, file))
    data, strange = drawn(picture, form)
    put(given.output, data)
    note_strange(strange, console)
    if given.output != STDOUT:
        told = {"file": given.output, "format": form, "view": given.view, "config": picture.config}
        told |= {"bundle": picture.bundle, "missing": strange}
        lines = [console.text(f"已画好：{given.output}", f"drawn: {given.output}")]
        if given.live:
            told["drift"] = {node.id: node.drift for node in picture.nodes if node.drift}
            lines += picture.live
        console.show("\n".join(lines), told)
    return FINE


def moment_of(environment: Mapping[str, str]) -> float:
    """Return when it is drawn: SOURCE_DATE_EPOCH where that is set, so that the same file gives the same bytes.

    Raises UsageError when that is no number of seconds.
    """
    given = environment.get("SOURCE_DATE_EPOCH")
    if given is None:
        return time.time()
    if not given.isascii() or not given.isdigit() or len(given) > 11:
        raise UsageError(
            Text(
                f"SOURCE_DATE_EPOCH 不是秒数：{given}。",
                f"SOURCE_DATE_EPOCH is no number of seconds: {given}.",
            ),
            Text("设成 Unix 秒数，或取消它。", "Set it to Unix seconds, or unset it."),
        )
    return float(given)
