"""One running shop for all tests of the load's clients: the real appliance, with an agent."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.shipped import kefu_yaml
from tools.loadtest.serving import Serving


@pytest.fixture(scope="package")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """The appliance; whoever needs an agent hires his own."""
    with Serving(tmp_path_factory.mktemp("shop"), kefu_yaml("100ms")) as serving:
        yield serving


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for results."""
    return tmp_path / "results"
