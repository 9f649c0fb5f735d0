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


@pytest.fixture(autouse=True)
def _dismissed(request: pytest.FixtureRequest) -> Iterator[None]:
    """Nobody of an earlier test is at his desk: an agent who has just gone is still believed to be there."""
    yield
    if "shop" in request.fixturenames:
        serving = request.getfixturevalue("shop")
        for agent in serving.admin("GET", "/admin/agents")[1]["agents"]:
            if agent["role"] == "agent" and not agent["disabled"]:
                serving.dismiss(agent["login"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for results."""
    return tmp_path / "results"
