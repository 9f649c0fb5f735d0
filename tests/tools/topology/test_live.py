"""How the parts are and where they differ, in words: from answers of an appliance in every condition."""

from typing import Any

import pytest
from msgspec.structs import fields

from appliance.config.changes import changes
from appliance.config.listen import Listen
from appliance.config.spec import Limits, Pools
from tests.tools.topology.goldens import CHANGED
from tests.tools.topology.sites import SHIPPED, many_queues, site, spec_of
from tools.topology.drawing import config_hash, picture_of
from tools.topology.live import BATCH, MOST_DRIFT, owner, shown_live
from tools.topology.picture import Picture, View
from tools.topology.running import Running

STATUS: dict[str, Any] = {
    "version": "1.2.3",
    "pid": 77,
    "url": "http://127.0.0.1:8080",
    "admin_url": "http://127.0.0.1:8081",
    "uptime_ms": 7_200_000,
    "connected": 12,
    "bundle": site().bundle,
    "last_reload_ok": True,
    "pending": None,
    "draining": False,
    "commit_queue": 0,
    "pools": [
        {"pool": "db", "size": 4, "used": 1, "idle": 3},
        {"pool": "sessions", "size": 20_000, "used": 10, "idle": 90},
    ],
    "overload": {"tier": 0, "load": 0.421, "cause": "", "forced": None},
}


def live(file: str = SHIPPED, runs: str = SHIPPED, view: View = "operator", **status: Any) -> Picture:
    """Return the picture of a file beside an appliance that runs another one."""
    spec = spec_of(file)
    picture = picture_of(spec, file, "en", view)
    return shown_live(
        picture, spec, Running({**STATUS, **status}, config_hash(runs), changes(spec_of(runs), spec))
    )


def test_all_is_well() -> None:
    picture = live()
    tones = {node.id: node.tone for node in picture.nodes if node.tone}
    assert tones == dict.fromkeys(
        ("public", "conversations", "ladder", "store", "admin_socket", "admin_tcp"), "fine"
    )
    assert picture.drifted == 0
    assert picture.live == (
        "running: kefu 1.2.3, http://127.0.0.1:8080, up for 120 min",
        "the file is what runs",
    )
    assert picture.node("store").said == ("readers 1 / 4 at work, 0 to be committed",)
    assert picture.node("admin_tcp").said == ("http://127.0.0.1:8081",)


@pytest.mark.parametrize(
    ("status", "node", "tone", "word"),
    [
        ({"connected": 12_500}, "public", "busy", "12,500 / 15,000 connections"),
        ({"connected": 15_000}, "public", "full", "15,000"),
        ({"draining": True}, "public", "full", "on its way out"),
        ({"commit_queue": BATCH + 1}, "store", "busy", "4,097 to be committed"),
        ({"commit_queue": 5 * BATCH}, "store", "full", "20,480"),
        ({"overload": {"tier": 2, "load": 0.91, "cause": "loop", "forced": None}}, "ladder", "busy", "cause: event loop"),
        ({"overload": {"tier": 3, "load": 0.1, "cause": "operator", "forced": {"tier": 3, "by": "lin"}}}, "ladder", "full", "held by hand"),
    ],
)  # fmt: skip
def test_what_wants_attention(status: dict[str, Any], node: str, tone: str, word: str) -> None:
    found = live(**status).node(node)
    assert found.tone == tone
    assert word in found.said[0]


def test_a_bound_is_that_of_what_runs() -> None:
    more = SHIPPED + "limits: {connections: 100}\n"
    assert live(SHIPPED, more, connected=90).node("public").said == ("90 / 100 connections",)
    assert live(more, SHIPPED, connected=90).node("public").tone == "fine"


def test_one_from_before_an_upgrade_tells_less() -> None:
    spec = spec_of(SHIPPED)
    status = {name: value for name, value in STATUS.items() if name not in ("overload", "admin_url")}
    picture = shown_live(site(language="en"), spec, Running(status, "x", ()))
    assert (picture.node("ladder").tone, picture.node("admin_tcp").tone, picture.drifted) == ("", "", 0)


def test_full_pools() -> None:
    pools = [
        {"pool": "db", "size": 4, "used": 4, "idle": 0},
        {"pool": "sessions", "size": 20_000, "used": 16_000, "idle": 4_000},
    ]
    picture = live(pools=pools)
    assert (picture.node("store").tone, picture.node("conversations").tone) == ("full", "busy")
    # The manager's boxes take the worst of what they stand for.
    manager = live(pools=pools, view="manager")
    assert (manager.node("database").tone, manager.node("kefu").tone) == ("full", "busy")
    assert len(manager.node("kefu").said) == 3


def test_rungs_that_are_reached_are_marked() -> None:
    ladder = live(overload={"tier": 2, "load": 0.9, "cause": "cpu", "forced": None}).node("ladder")
    assert [fact.now for fact in ladder.facts] == ["in force", "in force", ""]


def test_differences_stand_where_they_belong() -> None:
    for view, store in (("operator", "store"), ("manager", "database")):
        picture = live(CHANGED, view="manager" if view == "manager" else "operator")
        assert picture.node("ladder").drift == (
            "thresholds 2: runs load > 85% delay_push 2s · file load > 80% delay_push 2s",
        )
        assert picture.node(store).drift == ("pools db: runs 4 · file 6",)
        assert picture.live[1].startswith("≠ 2 differences between file and appliance")


def test_a_port_of_the_command_line_is_a_difference() -> None:
    picture = live(url="http://127.0.0.1:9999")
    assert picture.node("public").drift == (
        "address: runs http://127.0.0.1:9999 · file http://127.0.0.1:8080",
    )
    text = SHIPPED + "listen: {admin: off}\n"
    assert live(text, text).node("admin_tcp").drift == ("address: runs http://127.0.0.1:8081 · file none",)
    moved = SHIPPED + "listen: {admin: 9000}\n"
    assert live(moved, moved).node("admin_tcp").drift == (
        "address: runs http://127.0.0.1:8081 · file http://127.0.0.1:9000",
    )
    assert len(live(moved, url="http://127.0.0.1:8080").node("admin_tcp").drift) == 1


def test_a_flow_is_one_difference_and_texts_are_counted() -> None:
    other = (
        SHIPPED.replace("time > 10s", "time > 12s").replace("请问有什么", "有什么").replace("09:00", "08:00")
    )
    drift = live(other).node("conversations").drift
    assert drift[0].startswith(f"flow: runs {STATUS['bundle']} · file ")
    assert drift[1:] == ("hours, texts, tests: 2 (see kefu plan)",)


def test_very_many_differences_are_counted() -> None:
    drift = live(many_queues(30)).node("desk").drift
    assert len(drift) == MOST_DRIFT
    assert drift[-1].endswith("more (kefu plan lists all)")


def test_held_is_held_whatever_led_there() -> None:
    forced = {"tier": 1, "until": 9, "by": "rehearsal"}
    said = live(overload={"tier": 1, "load": 0.2, "cause": "cpu", "forced": forced}).node("ladder").said
    assert said == ("tier 1, load 20%, cause: rehearsal",)


def test_other_words_and_a_refused_file() -> None:
    assert "in its wording only" in live(SHIPPED + "# a remark\n").live[1]
    spec = spec_of(SHIPPED)
    problem = {"message": {"zh": "端口被占用", "en": "the port is taken"}}
    refused = shown_live(site(language="en"), spec, Running(STATUS, "x", None, (problem,)))
    assert refused.live[1] == "■ the running kefu would refuse this file: the port is taken"
    assert len(refused.live) == 2


def test_what_an_operator_must_not_forget() -> None:
    told = live(last_reload_ok=False, pending={"id": 3, "confirm_by": 1}).live
    assert any("the last reload failed" in line for line in told)
    assert any("kefu confirm" in line for line in told)


def test_every_setting_of_the_machine_has_an_owner_that_is_drawn() -> None:
    ids = {node.id for node in site().nodes}
    settings = [
        *(f"limits.{field.name}" for field in fields(Limits)),
        *(f"pools.{field.name}" for field in fields(Pools)),
        *(f"listen.{field.name}" for field in fields(Listen)),
        *("storage.url", "thresholds.2", "alerts.when", "queues", "queues.a.cap", "site.origins"),
    ]
    assert {owner(path) for path in settings} <= ids
    assert [owner(path) for path in ("listen.admin", "listen.port", "pools.db")] == [
        "admin_tcp",
        "public",
        "store",
    ]
    assert {owner(path) for path in ("messages.x", "flows.main.states.x", "vip", "hours")} == {""}
