"""Figures of several processes are added, not averaged; the generator's own weakness is told."""

import pytest

from tests.tools.loadtest.story import course, final
from tools.loadtest import merging
from tools.loadtest.conductor import APPLIANCE
from tools.loadtest.meters import EDGES_MS, Kept, Meter


def test_percentiles_come_from_the_sum_of_all_histograms() -> None:
    """The mean of the two p99 would be 50.5 ms."""
    many, few = Meter(), Meter()
    for _ in range(990):
        many.record(0, 0.001)
    for _ in range(10):
        few.record(1, 0.1)
    found = merging.latency([many.kept(), few.kept()])
    assert found is not None
    assert found.count == 1_000
    assert found.p99_ms == pytest.approx(1, rel=0.01)
    assert found.p999_ms == pytest.approx(100, rel=0.01)
    assert found.max_ms == pytest.approx(100, rel=0.01)
    assert found.mean_ms == pytest.approx(1.99, rel=0.01)
    assert [sum(slot.counts) for slot in found.heat] == [990, 10]
    assert merging.latency([Meter().kept()]) is None


def test_a_long_heat_map_is_folded() -> None:
    rows: dict[int, list[int]] = {second: [1] + [0] * (len(EDGES_MS) - 1) for second in range(1_000)}
    slots = merging.heat([Kept(b"", 0, rows).heat])
    assert len(slots) <= merging.MOST_SLOTS
    assert sum(slot.counts[0] for slot in slots) == 1_000


def test_seconds_of_all_processes_are_added() -> None:
    found = merging.throughput([final(), final()])
    assert [(second.at_s, second.acked) for second in found] == [(0.0, 4), (1.0, 2)]


def test_the_ramp_adds_what_is_live() -> None:
    found = merging.ramp([final(), final()])
    assert [(each.at_s, each.opened, each.live) for each in found] == [(0.0, 2, 2), (1.0, 0, 2)]


def test_errors_are_added_by_kind_with_the_sentences_of_the_parent() -> None:
    found = merging.errors([final(), final()], ["it got stuck"])
    assert [(error.kind, error.count) for error in found] == [("close 1006", 2), ("load", 1)]
    assert found[1].example == "it got stuck"


def test_the_way_back_after_the_cut() -> None:
    found = merging.storm([final(), final()])
    assert found is not None
    assert (found.clients, found.back_p50_s, found.all_back_s) == (4, 1.5, 1.5)
    one = final()
    one.backs.pop()
    missing = merging.storm([one])
    assert missing is not None
    assert missing.all_back_s is None
    one.cut = 0
    assert merging.storm([one]) is None


def test_the_line_through_the_memory() -> None:
    mine = [sample for sample in course().samples if sample.process == APPLIANCE]
    found = merging.soak(mine, 100 / 60)
    assert found is not None
    assert found.slope_bytes_per_hour == pytest.approx(1_000_000 * 3_600)
    assert found.first_rss_bytes == 60_000_000
    assert merging.soak(mine[:2], 1.0) is None


def test_a_generator_that_was_late_says_so() -> None:
    fine = merging.self_check([final()], [], open_loop=True)
    assert (fine.saturated, fine.why, fine.processes) == (False, "", 1)
    late = merging.self_check([final(slip_ms=80)], [], open_loop=True)
    assert late.saturated
    assert "80 ms" in late.why
    assert not merging.self_check([final(slip_ms=80)], [], open_loop=False).saturated
    busy = [sample for sample in course().samples if sample.process != APPLIANCE]
    for sample in busy:
        assert not merging.self_check([final()], [sample], open_loop=True).saturated
