"""Where measurements work in tests: a folder of the test's own."""

from pathlib import Path

import pytest

from tools.claims.house import House
from tools.claims.peers import Sentry


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A house without anybody in it yet."""
    return House(tmp_path, Sentry())
