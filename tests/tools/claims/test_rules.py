"""Where a claim stops to be true: each rule at its bound and just beyond it."""

from typing import Any

import pytest
from msgspec.structs import replace

from tests.tools.claims.sample import BEATS, CHANGE, DESK, KILLED, LADDER, LEFT, PEERS, POOLING, RUNTIME
from tools.claims import rules
from tools.claims.findings import Begin, Codec, Cost, Fanout, Pool
from tools.loadtest.report.claims import burst, collector
from tools.loadtest.results import Burst


@pytest.mark.parametrize(
    ("rule", "found", "changes", "standing"),
    [
        (rules.phone_home, PEERS, {}, "measured"),
        (rules.phone_home, PEERS, {"outside": ["192.0.2.1:443"]}, "not reproduced"),
        (rules.phone_home, PEERS, {"looks": 0}, "not tested"),
        (rules.durable, KILLED, {}, "measured"),
        (rules.durable, KILLED, {"lost": 1}, "not reproduced"),
        (rules.durable, KILLED, {"findings": ["stored twice: k"]}, "not reproduced"),
        (rules.durable, KILLED, {"acked": 0}, "not tested"),
        (rules.heartbeat, BEATS, {"late_ms": 704.0}, "measured"),
        (rules.heartbeat, BEATS, {"late_ms": 704.1}, "not reproduced"),
        (rules.heartbeat, BEATS, {"cut": 1}, "not reproduced"),
        (rules.heartbeat, BEATS, {"beats": 0}, "not tested"),
        (rules.vip_first, CHANGE, {}, "measured"),
        (rules.vip_first, CHANGE, {"lines": 10}, "measured"),
        (rules.vip_first, CHANGE, {"lines": 11}, "not reproduced"),
        (rules.vip_first, CHANGE, {"after": "first"}, "not reproduced"),
        (rules.vip_first, CHANGE, {"before": "vip"}, "not reproduced"),
        (rules.vip_first, CHANGE, {"cut": 1}, "not reproduced"),
        (rules.vip_first, CHANGE, {"fails_without": False}, "not reproduced"),
        (rules.codecs, POOLING, {"kept_decoder": Cost(95, 0), "made_decoder": Cost(100, 0)}, "measured"),
        (
            rules.codecs,
            POOLING,
            {"kept_decoder": Cost(96, 0), "made_decoder": Cost(100, 0)},
            "not reproduced",
        ),
        (rules.contexts, POOLING, {"kept_context": Cost(95, 0), "made_context": Cost(100, 0)}, "measured"),
        (
            rules.contexts,
            POOLING,
            {"kept_context": Cost(173, 0), "made_context": Cost(68, 0)},
            "not reproduced",
        ),
        (rules.ladder, LADDER, {}, "measured"),
        (rules.ladder, LADDER, {"seen": [0, 1, 2, 3, 2, 1, 0]}, "measured"),
        (rules.ladder, LADDER, {"seen": [0, 1, 2, 0]}, "not reproduced"),
        (rules.ladder, LADDER, {"seen": [0, 1, 2, 3]}, "not reproduced"),
        (rules.ladder, LADDER, {"lost": 1}, "not reproduced"),
        (rules.ladder, LADDER, {"duplicated": 1}, "not reproduced"),
        (rules.ladder, LADDER, {"out_of_order": 1}, "not reproduced"),
        (rules.ladder, LADDER, {"unanswered": 1}, "not reproduced"),
        (rules.ladder, LADDER, {"acked": 0}, "not reproduced"),
        (rules.runtime, RUNTIME, {"mailbox_ns": 100.0, "pool_ns": 120.0}, "measured"),
        (rules.runtime, RUNTIME, {"mailbox_ns": 100.0, "pool_ns": 119.9}, "not reproduced"),
        (rules.earlier, RUNTIME, {"mailbox_bytes": 100.0, "task_bytes": 160.0}, "measured"),
        (rules.earlier, RUNTIME, {"mailbox_bytes": 100.0, "task_bytes": 159.9}, "not reproduced"),
        (rules.agents, DESK, {"held": 201}, "measured"),
        (rules.agents, DESK, {"held": 200}, "not reproduced"),
        (rules.agents, DESK, {"planned": 200, "held": 200}, "not tested"),
        (rules.agents, DESK, {"lost": 1}, "not reproduced"),
        (rules.stacks, DESK, {"threads_after": 13}, "measured"),
        (rules.stacks, DESK, {"threads_after": 14}, "not reproduced"),
        (rules.stacks, DESK, {"planned": 200}, "not tested"),
        (rules.leaks, LEFT, {"files_after": 43}, "measured"),
        (rules.leaks, LEFT, {"files_after": 44}, "not reproduced"),
        (rules.leaks, LEFT, {"sockets": 1}, "not reproduced"),
        (rules.leaks, LEFT, {"people": 0}, "not tested"),
        (rules.start, Begin(1, 0.5, False), {}, "measured"),
        (rules.start, Begin(2, 0.5, False), {}, "not reproduced"),
        (rules.one_file, Begin(1, 0.5, False), {}, "not reproduced"),
        (rules.one_file, Begin(1, 0.5, True), {}, "measured"),
        (rules.codec_shared, Codec(4, 100, 0), {}, "measured"),
        (rules.codec_shared, Codec(4, 100, 1), {}, "not reproduced"),
        (rules.codec_shared, Codec(4, 0, 0), {}, "not tested"),
    ],
)
def test_standings(rule: Any, found: Any, changes: dict[str, Any], standing: str) -> None:
    verdict = rule(replace(found, **changes))
    assert verdict.standing == standing
    assert verdict.here.zh
    assert verdict.here.en
    assert verdict.note.zh
    assert verdict.note.en


def test_pools_are_judged_by_what_was_found_in_them() -> None:
    assert rules.pools([Pool("db", 1, 9)]).standing == "measured"
    assert rules.pools([Pool("db", 0, 9)]).standing == "not reproduced"
    assert rules.pools([Pool("db", 0, 0)]).standing == "not tested"
    assert rules.pools([Pool("db", 1, 0), Pool("http", 0, 0)]).here.en == "db: 100 % hits"


def test_a_delivery_is_judged_where_most_read() -> None:
    cheap, dear = Fanout(10, 99, 100), Fanout(2, 100, 99)
    assert rules.dispatch([dear, cheap]).standing == "measured"
    assert rules.dispatch([dear]).standing == "not reproduced"
    assert rules.dispatch([Fanout(10, 100, 100)]).standing == "not reproduced"
    assert rules.dispatch([]).standing == "not tested"


def test_what_is_handed_over_must_have_come_into_being() -> None:
    assert rules.produced(1, rules.agents(DESK).note).standing == "measured"
    assert rules.produced(0, rules.agents(DESK).note).standing == "not reproduced"


def test_the_rules_of_the_load_test_are_the_same_for_both_reports() -> None:
    assert burst(Burst(1, 100, 114, 0, 0)).standing == "measured"
    assert burst(Burst(1, 100, 115, 0, 0)).standing == "not reproduced"
    assert burst(None).standing == "not tested"
    assert collector(100.0, 60.0).standing == "measured"
    assert collector(100.0, 60.1).standing == "not reproduced"
    assert collector(None, 1.0).standing == "not tested"
    assert collector(0.0, 0.0).standing == "not tested"
