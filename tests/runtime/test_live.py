"""What is made from a configuration before it runs, and that everybody asks the same door."""

import pytest
from msgspec.structs import replace

from appliance.config.spec import Limits
from appliance.delivery.budget import Budget
from appliance.runtime.check import check_text
from appliance.runtime.live import Live, grants_of, prepare, queue_rules
from tests.http.house import SPEC
from tests.runtime.house import shipped
from tests.runtime.people import shortened


def test_the_desk_gets_the_queues_of_the_file_in_their_order() -> None:
    spec = check_text(shortened(), "kefu.yaml", environment=None).spec
    assert spec is not None
    rules = queue_rules(spec)
    assert [rule.name for rule in rules] == ["VIP专席", "售后", "售前"]
    assert (rules[0].overflow_to, rules[0].overflow_after) == ("售前", 30_000)
    assert rules[2].vip_first
    assert not rules[1].vip_first


def test_the_limits_of_the_file_reach_the_sessions_under_one_budget() -> None:
    budget = Budget()
    spec = replace(SPEC, limits=Limits(message_bytes=99, ping_every=7, pong_within=3, outbox_events=5))
    limits = grants_of(spec, budget)
    assert (limits.message_bytes, limits.ping, limits.pong, limits.outbox_frames) == (99, 7, 3, 5)
    assert limits.budget is budget


def test_what_is_prepared_is_whole_and_swapped_whole() -> None:
    first = shipped()
    live = Live(first)
    second = prepare(first.spec, first.graph, "secret", {"旧组": "售前"}, first.grants.budget)
    live.now = second
    assert live.now.identity == "secret"
    assert live.now.aliases == {"旧组": "售前"}
    assert live.now.grants.budget is first.grants.budget
    assert second.texts.render("欢迎语", {}).startswith("您好")
    with pytest.raises(KeyError):
        second.texts.render("没有这条", {})
