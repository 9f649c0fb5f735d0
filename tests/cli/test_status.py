"""`kefu status`: of a running appliance, and of none."""

from pathlib import Path
from typing import Any

import pytest

from appliance.cli.console import Console
from appliance.cli.overload import CAUSES, OFF
from appliance.cli.status import STATUSES, lasted, summary
from appliance.cli.table import width
from appliance.errors import Language
from tests.cli.shell import kefu, process


def test_without_an_appliance_it_says_what_to_do(tmp_path: Path) -> None:
    said = kefu("status", "--data", str(tmp_path))
    assert said.code != 0
    assert "Start it (kefu run)" in said.err


def test_it_shows_the_appliance_and_its_pools(tmp_path: Path) -> None:
    with process(tmp_path) as running:
        said = kefu("status", "--data", str(tmp_path), lang="zh")
        assert said.code == 0
        assert running.told["demo"].removesuffix("/demo") in said.out
        assert "会话" in said.out
        shown = kefu("status", "--data", str(tmp_path), "--pools").out.splitlines()
        assert shown[0].split() == [
            "pool",
            "size",
            "used",
            "idle",
            "hits",
            "misses",
            "hit",
            "ratio",
            "mean",
            "wait",
            "left",
        ]
        assert [line.split()[:2] for line in shown[1:]] == [["db", "4"], ["sessions", "20,000"]]
        pools = kefu("--json", "status", "--data", str(tmp_path), "--pools").json
        assert [pool["pool"] for pool in pools] == ["db", "sessions"]


@pytest.mark.parametrize("as_json", [False, True])
def test_where_nothing_runs_it_fails_and_says_what_to_do(tmp_path: Path, as_json: bool) -> None:
    said = kefu(*(["--json"] if as_json else []), "status", "--data", str(tmp_path))
    assert said.code == 1
    assert "Start it (kefu run)" in (said.json["error"]["en"] if as_json else said.err)


def test_its_json_tells_addresses_counts_and_what_is_live(tmp_path: Path) -> None:
    with process(tmp_path) as running:
        told = kefu("--json", "status", "--data", str(tmp_path)).json
        assert (told["url"], told["pid"]) == (running.url, running.pid)
        assert told["admin_url"].startswith("http://127.0.0.1:")
        assert len(told["config_sha256"]) == 64
        assert told["counts"]["connections"] == {"visitor": 0, "agent": 0}
        assert told["counts"]["agents"] == {**dict.fromkeys(STATUSES, 0), "offline": 1}
        assert (told["overload"]["tier"], told["last_reload_ok"]) == (0, True)


def status(**changed: Any) -> dict[str, Any]:
    """Return a status as the appliance answers it, some of it `changed`."""
    told: dict[str, Any] = {
        "version": "0.1.0",
        "pid": 7,
        "url": "http://127.0.0.1:8080",
        "admin_url": None,
        "config": "/etc/kefu.yaml",
        "config_sha256": "ab" * 32,
        "uptime_ms": 90_061_000,
        "bundle": "9ccb076378ea",
        "last_reload_ok": True,
        "pending": None,
        "notice": None,
        "draining": False,
        "commit_queue": 1_234,
        "counts": {
            "connections": {"visitor": 1_200, "agent": 3},
            "conversations": 900,
            "waiting": 2,
            "waiting_ms": 61_000,
            "ready": 1,
            "agents": {"ready": 1, "busy": 2, "away": 0, "offline": 0, "reconnecting": 0},
        },
        "overload": {"tier": 2, "load": 0.87, "busiest": "commit", "off": ["typing", "presence"]},
        "pools": [{"pool": "db", "size": 4, "used": 1, "idle": 3}],
    }
    return {**told, **changed}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_values_stand_one_below_the_other(language: Language) -> None:
    notice = {"zh": "运行的是以前的", "en": "the former one runs"}
    pending = {"id": 4, "confirm_by": 1_700_000_000_000}
    bad = status(last_reload_ok=False, pending=pending, notice=notice, draining=True)
    lines = summary(bad, Console(language)).splitlines()
    values = [line.rstrip() for line in lines]
    column = width(values[0][: values[0].index("http")])
    for line in values:
        at = next(i for i in range(len(line) + 1) if width(line[:i]) >= column)
        assert width(line[:at]) == column, line
        assert line[at - 2 : at] == "  ", line
        assert line[at] != " ", line
    text = "\n".join(lines)
    for word in ("1,200", "1,234", "87%", notice[language], "ababababab", CAUSES["commit"].say(language)):
        assert word in text, word
    for name in ("typing", "presence"):
        assert OFF[name].say(language) in text
    assert ("待确认" if language == "zh" else "to confirm") in text


def test_a_time_is_told_in_its_two_largest_units() -> None:
    en, zh = Console("en"), Console("zh")
    assert [lasted(ms, en) for ms in (0, 999, 61_000, 3_600_000, 90_061_000)] == [
        "0 s",
        "0 s",
        "1 min 1 s",
        "1 h",
        "1 d 1 h",
    ]
    assert lasted(90_061_000, zh) == "1 天 1 小时"
