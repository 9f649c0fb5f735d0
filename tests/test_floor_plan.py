"""The house keeps its rules, and the surveyor sees every way of breaking them."""

from pathlib import Path

import pytest

from tests.floor_plan import FLOORS, UNTESTED, sources, survey

ROOT = Path(__file__).resolve().parent.parent


def test_the_house_keeps_its_floor_plan() -> None:
    findings = survey(ROOT)
    assert not findings, "\n" + "\n".join(map(str, findings))


def test_the_surveyor_sees_the_real_house() -> None:
    """An empty survey would find nothing too, so what is surveyed must include every floor that stands."""
    seen = {path.relative_to(ROOT).as_posix() for path in sources(ROOT)}
    assert {"appliance/model.py", "appliance/config/__init__.py", "tools/generate.py"} <= seen
    folders = {path.name for path in (ROOT / "appliance").iterdir() if (path / "__init__.py").is_file()}
    assert folders <= frozenset().union(*FLOORS)


def test_every_exemption_is_for_a_file_of_the_house_and_says_why() -> None:
    assert all(len(reason) > 20 for reason in UNTESTED.values())
    assert all(place.startswith(("appliance/", "tools/")) for place in UNTESTED)


CATALOG = 'ROWS = {"run": "appliance.cli.run:main", "lab": "tools.lab:main"}\n'
HOUSE = {
    "appliance/__init__.py": '"""A house."""\n__version__ = "1"\n',
    "appliance/__main__.py": "from appliance.cli.run import main\nmain()\n",
    "appliance/model.py": "from appliance.records import Said\n",
    "appliance/records.py": "from appliance import __version__\nimport appliance.errors\n",
    "appliance/errors.py": "class Failed(Exception): ...\n",
    "appliance/config/source.py": "import yaml\nimport jsonschema\nfrom appliance.model import Said\n",
    "appliance/flow/step.py": "import heapq\nfrom appliance.config.source import load\nfrom .guards import x\n",
    "appliance/flow/guards.py": "import re2\n",
    "appliance/conversation/fold.py": "from appliance.flow.step import step\n",
    "appliance/stores/sqlite.py": "import os, time, threading\nfrom appliance.flow import step\n",
    "appliance/runtime/mailbox.py": "import asyncio\nfrom appliance.stores import sqlite\n",
    "appliance/http/routes.py": "import aiohttp\nfrom appliance.runtime.mailbox import Mailbox\n",
    "appliance/cli/run.py": "from appliance.http.routes import serve\ndef main(): ...\n",
    "appliance/cli/catalog.py": CATALOG,
    "appliance/ui/src/widget/index.ts": "export {};\n",
    "appliance/ui/node_modules/lit/utils.py": "import tests\n",
    "tools/lab.py": "import yaml\nimport appliance.http.routes\ndef main(): ...\n",
    "tests/test_model.py": "def test_it(): ...\n",
    "tests/test_records.py": "def test_it(): ...\n",
    "tests/test_errors.py": "def test_it(): ...\n",
    "tests/config/test_source.py": "def test_it(): ...\n",
    "tests/flow/test_step_timers.py": "async def test_it(): ...\n",
    "tests/flow/test_guards.py": "class Machine: ...\nTestGuards = Machine.TestCase\n",
    "tests/conversation/test_fold.py": "def test_it(): ...\n",
    "tests/stores/test_sqlite.py": "def test_it(): ...\n",
    "tests/runtime/test_mailbox.py": "def test_it(): ...\n",
    "tests/http/test_routes.py": "def test_it(): ...\n",
    "tests/cli/test_run.py": "def test_it(): ...\n",
    "tests/cli/test_catalog.py": "def test_it(): ...\n",
    "tests/tools/test_lab.py": "def test_it(): ...\n",
}


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Return the root of a small house that keeps every rule, so that exactly the planted violation shows."""
    for place, text in HOUSE.items():
        build(tmp_path, place, text)
    return tmp_path


def build(root: Path, place: str, text: str) -> None:
    path = root / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_a_house_that_keeps_the_rules_has_no_findings(house: Path) -> None:
    assert survey(house) == []


LONG = "x = 1\n" * 351
PLANTED = {
    "up one floor": ("appliance/flow/step.py", "\nimport appliance.stores.sqlite\n", 2, "upward"),
    "up to the edges": ("appliance/stores/sqlite.py", "from appliance import http\n", 1, "upward"),
    "up from the words": ("appliance/model.py", "from appliance.config import source\n", 1, "upward"),
    "up inside a function": (
        "appliance/flow/step.py",
        "def f():\n    import appliance.runtime\n",
        2,
        "upward",
    ),
    "up by a string": ("appliance/flow/step.py", 'importlib.import_module("appliance.cli")\n', 1, "upward"),
    "up, relatively": ("appliance/flow/step.py", "from ..runtime import mailbox\n", 1, "upward"),
    "up for types only": ("appliance/errors.py", "if T:\n    from appliance.flow import step\n", 2, "upward"),
    "appliance to tools": ("appliance/cli/run.py", "def main():\n    import tools.lab\n", 2, "upward"),
    "appliance to tests": ("appliance/http/routes.py", "from tests.conftest import x\n", 1, "upward"),
    "tools to tests": ("tools/lab.py", "import tests\ndef main(): ...\n", 1, "upward"),
    "flow to conversation": (
        "appliance/flow/step.py",
        "from appliance.conversation import fold\n",
        1,
        "sideways",
    ),
    "conversation to dispatch": (
        "appliance/conversation/fold.py",
        "import appliance.dispatch\n",
        1,
        "sideways",
    ),
    "store to bus": ("appliance/stores/sqlite.py", "from appliance.buses.local import Bus\n", 1, "sideways"),
    "http to cli": ("appliance/http/routes.py", "from appliance.cli.run import main\n", 1, "sideways"),
    "yaml in flow": ("appliance/flow/step.py", "from yaml import safe_load\n", 1, "config-only"),
    "jsonschema in http": ("appliance/http/routes.py", "import jsonschema\n", 1, "config-only"),
    "a long source": ("appliance/flow/step.py", LONG, 351, "too-long"),
    "a long tool": ("tools/lab.py", LONG + "def main(): ...\n", 352, "too-long"),
    "a long script": ("appliance/ui/src/widget/index.ts", LONG, 351, "too-long"),
    "a test without tests": ("tests/flow/test_guards.py", "x = 1\n", 1, "untested"),
    "a command nowhere": ("appliance/cli/catalog.py", '\nX = "appliance.cli.run:mian"\n', 2, "leads-nowhere"),
    "a store nowhere": (
        "appliance/runtime/catalog.py",
        'X = "appliance.stores.pg:Log"\n',
        1,
        "leads-nowhere",
    ),
    "a command too early": (
        "appliance/cli/catalog.py",
        "from appliance.cli.run import main\n",
        1,
        "loaded-early",
    ),
}
WORLDLY = (
    "asyncio",
    "aiohttp",
    "time",
    "os",
    "random",
    "logging",
    "threading",
    "secrets",
    "socket",
    "subprocess",
)


@pytest.mark.parametrize(("place", "text", "line", "rule"), PLANTED.values(), ids=PLANTED)
def test_a_planted_violation_is_found_at_its_line(
    house: Path, place: str, text: str, line: int, rule: str
) -> None:
    build(house, "tests/runtime/test_catalog.py", "def test_it(): ...\n")
    build(house, place, text)
    found = survey(house)
    assert [(finding.line, finding.rule) for finding in found] == [(line, rule)]
    assert f":{line}: {rule}: " in str(found[0])
    assert found[0].remedy


@pytest.mark.parametrize("world", WORLDLY)
@pytest.mark.parametrize(
    "place", ["appliance/model.py", "appliance/config/source.py", "appliance/flow/guards.py"]
)
def test_the_rules_do_not_touch_the_world(house: Path, place: str, world: str) -> None:
    build(house, place, f"import {world}\n")
    assert [(finding.path, finding.line, finding.rule) for finding in survey(house)] == [(place, 1, "impure")]


@pytest.mark.parametrize("name", ["utils", "helper", "common", "misc", "base", "session_manager"])
def test_a_name_that_says_nothing_is_found(house: Path, name: str) -> None:
    build(house, f"appliance/flow/{name}.py", "x = 1\n")
    build(house, f"tests/flow/test_{name}.py", "def test_it(): ...\n")
    build(house, f"appliance/ui/src/{name}.ts", "export {};\n")
    assert [(finding.path, finding.rule) for finding in survey(house)] == [
        (f"appliance/flow/{name}.py", "says-nothing"),
        (f"appliance/ui/src/{name}.ts", "says-nothing"),
    ]


def test_a_source_without_a_test_is_found(house: Path) -> None:
    build(house, "appliance/flow/verify.py", "x = 1\n")
    build(
        house,
        "appliance/flow/__init__.py",
        '"""Exempt."""\nfrom appliance.flow.step import step\n__all__ = ["step"]\n',
    )
    build(house, "appliance/cli/__init__.py", "def main(): ...\n")
    assert [(finding.path, finding.remedy) for finding in survey(house)] == [
        ("appliance/cli/__init__.py", "write tests/cli/test_init.py with at least one test"),
        ("appliance/flow/verify.py", "write tests/flow/test_verify.py with at least one test"),
    ]


def test_a_room_that_is_not_in_the_plan_is_found(house: Path) -> None:
    build(house, "appliance/attic/box.py", "import asyncio\n")
    build(house, "tests/attic/test_box.py", "def test_it(): ...\n")
    assert [(finding.path, finding.rule) for finding in survey(house)] == [
        ("appliance/attic/box.py", "no-such-room")
    ]
