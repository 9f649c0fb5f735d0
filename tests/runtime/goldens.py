"""What an operator reads when a file that can be read cannot be run: the golden output of the whole check.

`python -m tests.runtime.goldens` writes them anew after a change of wording; then read the difference.
"""

import socket
from pathlib import Path

from appliance.runtime.check import check_text
from appliance.runtime.place import Environment

FOLDER = Path(__file__).parent.parent / "golden" / "check"
TAKEN = "place"
"""This file is checked at a place where nothing fits: no secret, no room for data, a port in use, few open files."""


def cases() -> list[str]:
    """Return the names of all wrong files."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def rendered(name: str) -> tuple[str, str]:
    """Return the text (Chinese, then English) and the JSON for one wrong file."""
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    if name != TAKEN:
        found = check_text(text, f"{name}.yaml", environment=None).diagnostics
        return found.render("zh") + "-----\n" + found.render("en"), found.as_json()
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        nowhere = Environment(Path("/dev/null/data"), {}, 1_024, port=port)
        found = check_text(text, f"{name}.yaml", environment=nowhere).diagnostics
    shown = found.render("zh") + "-----\n" + found.render("en")
    return shown.replace(f":{port} ", ":PORT ").replace(f":{port}:", ":PORT:"), found.as_json().replace(
        f":{port}", ":PORT"
    )


if __name__ == "__main__":
    for name in cases():
        shown, data = rendered(name)
        (FOLDER / f"{name}.txt").write_text(shown, encoding="utf-8")
        (FOLDER / f"{name}.json").write_text(data, encoding="utf-8")
