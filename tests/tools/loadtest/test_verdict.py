"""A target is met when it was measured and is good enough; silence is no success."""

from msgspec.structs import replace

from tests.tools.loadtest.test_outcome import results
from tools.loadtest.results import Target
from tools.loadtest.verdict import judged, measures, passed, value_at


def test_targets_both_ways() -> None:
    found = replace(
        results(),
        targets=[
            Target("fast", "latencies.ack.p99_ms", at_most=5),
            Target("too slow", "latencies.ack.p99_ms", at_most=1),
            Target("enough", "totals.acked", at_least=3),
            Target("too few", "totals.acked", at_least=4),
            Target("silent", "burst.highest_rss_bytes", at_most=1e12),
        ],
    )
    assert [each.met for each in judged(found)] == [True, False, True, False, False]
    assert judged(found)[4].measured is None
    assert not passed(found)
    assert passed(replace(found, targets=found.targets[:1]))


def test_a_loss_or_an_end_before_its_time_is_no_success() -> None:
    assert passed(results())
    assert not passed(results("interrupted"))
    for name in ("lost", "duplicated", "out_of_order"):
        assert not passed(replace(results(), totals=replace(results().totals, **{name: 1})))
    assert not passed(replace(results(), totals=replace(results().totals, findings=["something"])))


def test_what_may_be_a_target_is_what_can_be_measured() -> None:
    known = measures()
    assert {"latencies.show.p999_ms", "totals.lost", "storm.all_back_s", "soak.slope_bytes_per_hour"} <= set(
        known
    )
    assert not any(name.startswith("targets.") for name in known)
    for name in known:
        value = value_at(results(), name)
        assert value is None or isinstance(value, float)
    assert value_at(results(), "no.such.place") is None
