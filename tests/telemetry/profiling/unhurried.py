"""A kefu.yaml that no load moves: a capture that is taken by itself on a busy machine would be in the way of a test's own."""

import re
from pathlib import Path

from tests.shipped import kefu_yaml
from tools.loadtest.serving import SHIPPED

NO_THRESHOLDS = "thresholds: []\n"


def thresholds() -> str:
    """Return the lines of the shipped file that set thresholds."""
    found = re.search(r"^thresholds:.*?(?=^\S)", SHIPPED.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[0]


def unhurried(place: Path) -> str:
    """Write such a file below `place` and return its path."""
    file = place / "unhurried.yaml"
    file.write_text(kefu_yaml(), encoding="utf-8")
    return str(file)
