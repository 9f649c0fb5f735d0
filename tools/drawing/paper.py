"""Where a picture goes, and in what format: what every command that draws has in common."""

import sys
from collections.abc import Mapping
from pathlib import Path

from appliance.cli.console import Console, UsageError, write_bytes
from appliance.errors import Text

STDOUT = "-"
"""The name of the file that is none."""


def form_of(output: str, forms: Mapping[str, str], default: str) -> str:
    """Return the format that the ending of a file names, `default` for stdout; raises UsageError for an unknown one."""
    if output == STDOUT:
        return default
    form = forms.get(Path(output).suffix.lower())
    if form is None:
        endings = ", ".join(forms)
        raise UsageError(
            Text(f"不知道 {output} 该是什么格式。", f"The ending of {output} names no format."),
            Text(f"用这些扩展名：{endings}；或加 --format。", f"Use one of {endings}, or add --format."),
        )
    return form


def put(output: str, drawn: bytes) -> None:
    """Write a picture to its file or to stdout; raises KefuError when it cannot be written."""
    if output == STDOUT:
        sys.stdout.flush()
        sys.stdout.buffer.write(drawn)
        sys.stdout.buffer.flush()
        return
    write_bytes(output, drawn)


def note_strange(strange: str, console: Console) -> None:
    """Tell of characters that no font of this machine has; a picture full of empty boxes must not pass for one."""
    if strange:
        shown = "".join(strange[:20])
        console.note(
            console.text(
                f"kefu：本机字体里没有这些字：{shown}。安装 fonts-noto-cjk，或改用 svg。",
                f"kefu: no font of this machine has: {shown}. Install fonts-noto-cjk, or draw an svg.",
            )
        )
