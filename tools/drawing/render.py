"""DOT in, a picture or a layout out, with the Graphviz that pygraphviz's wheel carries: no program `dot` is needed.

Graphviz runs in a process of its own.  It can take for ever over a large picture and must be stopped then, it speaks to stderr
as it likes, and should it crash, only the picture is lost.
"""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

from appliance.errors import KefuError, Text
from tools.drawing.fonts import missing

PATIENCE = 60.0
"""Seconds that a picture may take."""

_ROOT = Path(__file__).resolve().parent.parent.parent
_DOTS_PER_INCH = {"png": "144"}


class CannotDrawError(KefuError):
    """Graphviz did not do it."""


class Rendered(NamedTuple):
    """What Graphviz made, and the characters in it for which this machine has no font."""

    data: bytes
    missing: str


def rendered(dot: str, form: str, patience: float = PATIENCE, omitted: str = "") -> Rendered:
    """Return `dot` as "png", "pdf" or "json0" (the layout); raises CannotDrawError when that fails or takes too long.

    `omitted` are signs that the picture can do without where no font has them.
    """
    command = [sys.executable, "-m", "tools.drawing.render", form, omitted]
    # The child must find this very package, wherever it is started from.
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONIOENCODING": "utf-8",
        "TZ": "UTC0",
    }
    try:
        done = subprocess.run(
            command, input=dot.encode(), capture_output=True, timeout=patience, env=environment, check=False
        )
    except subprocess.TimeoutExpired:
        raise CannotDrawError(
            Text(
                f"图太大，{patience:g} 秒内排不好版。",
                f"The picture is too large to be laid out in {patience:g} s.",
            ),
            Text(
                "写成 .mmd 或 .dot，它们不用排版。",
                "Write .mmd or .dot, which need no layout.",
            ),
        ) from None
    head, _, data = done.stdout.partition(b"\n")
    if done.returncode != 0 or not data:
        reason = (
            done.stderr.decode(errors="replace").strip().splitlines() or [f"exit code {done.returncode}"]
        )[-1]
        raise CannotDrawError(
            Text(f"Graphviz 没有画成：{reason}", f"Graphviz could not draw it: {reason}"),
            Text(
                "确认装了 pygraphviz（make setup），或写成 .mmd、.dot。",
                "See that pygraphviz is installed (make setup), or write .mmd or .dot.",
            ),
        )
    return Rendered(data, json.loads(head)["missing"])


def layout(dot: str, patience: float = PATIENCE) -> dict[str, Any]:
    """Return where Graphviz puts everything: its JSON, without drawing instructions."""
    found: dict[str, Any] = json.loads(rendered(dot, "json0", patience).data)
    return found


def dated(pdf: bytes, epoch: str) -> bytes:
    """Return a PDF as if it were made at `epoch` (Unix seconds, the text of SOURCE_DATE_EPOCH); as it is if that is none.

    Graphviz's PDFs carry the moment of drawing, and two of one picture would never be the same.
    """
    if not (epoch.isascii() and epoch.isdigit() and len(epoch) <= 11):
        return pdf
    made = time.strftime("%Y%m%d%H%M%S", time.gmtime(int(epoch))).encode()
    # As many digits as before: a PDF knows its parts by their distance from the beginning.
    return re.sub(rb"(/CreationDate \(D:)[0-9]{14}", rb"\g<1>" + made, pdf)


def main() -> int:
    """Render stdin to stdout in this process; before the picture goes one line of JSON about it."""
    import pygraphviz

    form, omitted = sys.argv[1:]
    text = sys.stdin.buffer.read().decode()
    without = "" if form == "json0" else missing(text)
    for char in without:
        if char in omitted:
            text = text.replace(f"{char} ", "")
    graph = pygraphviz.AGraph(string=text)
    if form in _DOTS_PER_INCH:
        graph.graph_attr["dpi"] = _DOTS_PER_INCH[form]
    data = graph.draw(format=form, prog="dot")
    if form == "pdf":
        data = dated(data, os.environ.get("SOURCE_DATE_EPOCH", ""))
    told = "".join(char for char in without if char not in omitted)
    sys.stdout.buffer.write(json.dumps({"missing": told}).encode() + b"\n" + data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
