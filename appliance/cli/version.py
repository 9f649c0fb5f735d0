"""`kefu version`: what is running, for a report of a problem."""

import platform
from collections.abc import Sequence
from importlib.metadata import version

from appliance import __version__
from appliance.cli.console import FINE, Console
from appliance.errors import Text

PARTS = ("aiohttp", "apsw", "msgspec", "uvloop")


def command(arguments: Sequence[str], console: Console) -> int:
    """Print the versions of kefu, Python and what matters beneath."""
    console.parser("version", Text("显示版本。", "Show versions.")).parse_args(arguments)
    found = {"kefu": __version__, "python": platform.python_version(), "system": platform.platform()}
    found.update({part: version(part) for part in PARTS})
    console.show("\n".join(f"{name:<8} {value}" for name, value in found.items()), found)
    return FINE
