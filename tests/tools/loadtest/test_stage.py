"""The appliance under load: ours is open and generous whatever the file says; a running one gets its agents and loses them."""

from pathlib import Path

import pytest

from appliance.cli.console import UsageError
from appliance.config.load import load
from appliance.errors import ConfigError
from tools.loadtest.hiring import OfficeFailed
from tools.loadtest.loopback import Door
from tools.loadtest.serving import SHIPPED, Serving
from tools.loadtest.stage import own_stage, roomy, running_stage

CLOSED = SHIPPED.read_text(encoding="utf-8").replace("mon-sun: 09:00-23:00", "mon: 09:00-09:01")


def test_the_file_is_opened_round_the_clock_with_room_for_everybody() -> None:
    spec, found = load(roomy(CLOSED, 3_000), "kefu.yaml")
    assert spec is not None, found.render("en")
    assert spec.limits.messages_per_minute == 6_000
    assert spec.limits.connections == 3_100
    # A Saturday night.
    assert spec.hours.is_open(1_700_337_600_000)
    before, _ = load(CLOSED, "kefu.yaml")
    assert before is not None
    assert [state.name for state in spec.main.states] == [state.name for state in before.main.states]
    assert spec.tests == ()
    assert spec.storage.rate == 0


def test_a_declared_rate_of_the_store_goes_beside_the_operators_own_settings() -> None:
    own = "site: {name: 店, identity_secret: {env: NOT_SET}}\nstorage: {snapshot_every: 16}\n"
    without = "\n".join(line for line in CLOSED.splitlines() if not line.startswith(("site:", "storage:")))
    spec, found = load(roomy(without + "\n" + own, 10, 1_500), "kefu.yaml")
    assert spec is not None, found.render("en")
    assert (spec.storage.rate, spec.storage.snapshot_every) == (1_500, 16)
    assert (spec.site.name, spec.site.identity_secret) == ("店", None)


def test_our_own_is_hired_for_and_gone_afterwards() -> None:
    with own_stage(SHIPPED.read_bytes(), "kefu.yaml", 10, 2) as stage:
        assert len(stage.cookies) == 2
        assert stage.own is not None
        assert stage.pid == stage.own.pid
        data = stage.stopped()
        assert data is not None
        assert (data / "kefu.db").exists()
    assert not data.exists()
    assert stage.own.process is not None
    assert stage.own.process.returncode == 0


def test_a_broken_file_is_refused_before_anything_starts() -> None:
    with pytest.raises(ConfigError) as refused, own_stage(b"kefu: 1\n", "mine.yaml", 1, 0):
        pass
    assert "mine.yaml" in refused.value.say("zh")
    assert "kefu check" in refused.value.say("en")


def test_a_running_one_gets_agents_for_the_time_of_the_run(shop: Serving) -> None:
    door = Door(shop.host, shop.port, here=True)
    with running_stage(door, shop.data, 2, shop.origin) as stage:
        assert stage.pid == shop.pid
        assert stage.stopped() is None
        assert b"flows" in stage.config
        hired = {"loadtest-1", "loadtest-2"}
        assert not any(agent["disabled"] for agent in _agents(shop) if agent["login"] in hired)
    gone = [agent for agent in _agents(shop) if agent["login"] in hired]
    assert all(agent["disabled"] for agent in gone)


def test_agents_need_the_data_directory(shop: Serving, tmp_path: Path) -> None:
    door = Door(shop.host, shop.port, here=True)
    with pytest.raises(UsageError) as refused, running_stage(door, None, 1, shop.origin):
        pass
    assert "--data" in refused.value.say("en")
    with pytest.raises(OfficeFailed), running_stage(door, tmp_path, 1, shop.origin):
        pass
    with running_stage(door, None, 0, shop.origin) as stage:
        assert (stage.pid, stage.cookies) == (None, [])


def _agents(shop: Serving) -> list[dict[str, object]]:
    found: list[dict[str, object]] = shop.admin("GET", "/admin/agents")[1]["agents"]
    return found
