"""This run beside an earlier one: the same measures, how they changed, and whether the two can be compared at all.

What differs in the two set-ups is named first, for a faster machine is no better program.
"""

from typing import Literal

from msgspec import Struct

from appliance.errors import Text
from tools.loadtest.report.capacity import capacity, of_appliance
from tools.loadtest.report.figures import Form, count, known, millis, rate, seconds, share, size
from tools.loadtest.results import Results
from tools.loadtest.verdict import value_at

ALIKE = 0.05
"""Changes up to this share of the earlier value are called the same."""

Trend = Literal["better", "worse", "the same", "only one"]
TRENDS: dict[Trend, Text] = {
    "better": Text("变好", "better"),
    "worse": Text("变差", "worse"),
    "the same": Text("持平", "the same"),
    "only one": Text("只有一次测了", "in one run only"),
}

_MEASURES: tuple[tuple[str, Text, Form, bool], ...] = (
    ("latencies.ack.p50_ms", Text("确认耗时 p50", "confirmation p50"), millis, False),
    ("latencies.ack.p99_ms", Text("确认耗时 p99", "confirmation p99"), millis, False),
    ("latencies.show.p99_ms", Text("送达耗时 p99", "delivery p99"), millis, False),
    ("latencies.handshake.p99_ms", Text("握手耗时 p99", "handshake p99"), millis, False),
    ("totals.acked", Text("确认的消息", "messages confirmed"), count, True),
    ("totals.lost", Text("丢失", "lost"), count, False),
    ("totals.duplicated", Text("重复", "shown twice"), count, False),
    ("totals.out_of_order", Text("乱序", "out of order"), count, False),
    ("totals.refused", Text("拒绝", "refused"), count, False),
    ("storm.back_p99_s", Text("断线风暴后恢复 p99", "back after a storm p99"), seconds, False),
    ("soak.slope_bytes_per_hour", Text("内存每小时增长", "memory growth an hour"), size, False),
)


class Change(Struct, frozen=True):
    """One measure in both runs; `share` is the change as a part of the earlier value."""

    name: Text
    before: Text
    now: Text
    share: float | None
    trend: Trend


def changes(now: Results, before: Results) -> list[Change]:
    """Return every measure that at least one of the two runs has."""
    rows = [
        (name, value_at(before, place), value_at(now, place), form, more)
        for place, name, form, more in _MEASURES
    ]
    old, new = capacity(before), capacity(now)
    rows[:0] = [
        (Text("同时在线", "connected at once"), old.people or None, new.people or None, count, True),
        (Text("承受的速率", "rate carried"), old.carried, new.carried, rate, True),
    ]
    rows += [
        (Text("进程内存最高", "highest RSS of a process"), _rss(before), _rss(now), size, False),
        (Text("处理器最高（占一个核）", "highest CPU (of one core)"), _cpu(before), _cpu(now), share, False),
    ]
    return [
        _change(name, a, b, form, more) for name, a, b, form, more in rows if a is not None or b is not None
    ]


def _change(name: Text, before: float | None, now: float | None, form: Form, more: bool) -> Change:
    if before is None or now is None:
        return Change(name, form(before), form(now), None, "only one")
    moved = (now - before) / abs(before) if before else None
    trend: Trend
    if before == now or (moved is not None and abs(moved) <= ALIKE):
        trend = "the same"
    else:
        trend = "better" if (now > before) == more else "worse"
    return Change(name, form(before), form(now), moved if known(moved) else None, trend)


def _rss(results: Results) -> float | None:
    return max((item.rss_bytes for item in results.resources if of_appliance(item)), default=None)


def _cpu(results: Results) -> float | None:
    return max(
        (item.cpu for item in results.resources if of_appliance(item) and known(item.cpu)), default=None
    )


def differences(now: Results, before: Results) -> list[Text]:
    """Return what was not the same in both runs, besides what was measured."""
    pairs = (
        (Text("场景", "scenario"), now.scenario, before.scenario),
        (Text("配置", "configuration"), now.config_sha256[:12], before.config_sha256[:12]),
        (Text("随机种子", "seed"), now.seed, before.seed),
        (Text("kefu 版本", "version of kefu"), now.environment.kefu, before.environment.kefu),
        (Text("Python", "Python"), now.environment.python, before.environment.python),
        (Text("处理器", "processor"), now.environment.processor, before.environment.processor),
        (Text("核数", "cores"), now.environment.cores, before.environment.cores),
        (
            Text("内存", "memory"),
            size(now.environment.memory_bytes).en,
            size(before.environment.memory_bytes).en,
        ),
        (Text("存储", "store"), now.environment.store, before.environment.store),
        (Text("结束方式", "ended"), now.ended, before.ended),
        (Text("发压程序饱和", "generator saturated"), now.generator.saturated, before.generator.saturated),
    )
    return [
        Text(f"{name.zh}：{old} → {new}", f"{name.en}: {old} → {new}")
        for name, new, old in pairs
        if new != old
    ]
