"""Made-up runs for the tests: a whole one, seeded, with every part; and an empty one, with none.

The figures are drawn, not measured; they are shaped like a real run so that charts have something to show.
"""

import math
import random
from typing import Any, NamedTuple

import msgspec
from hdrh.histogram import HdrHistogram

from tools.loadtest.results import (
    Burst,
    Environment,
    Error,
    Idle,
    Latency,
    Load,
    Overload,
    Phase,
    Ramp,
    Resource,
    Results,
    Rung,
    Second,
    SelfCheck,
    Slot,
    Soak,
    Storm,
    Target,
    Totals,
)

SECONDS = 300
VISITORS, AGENTS = 6_000, 120
_EDGES = 14


class _Stretch(NamedTuple):
    name: str
    at: int
    seconds: int
    rate: float | None


STRETCHES = (
    _Stretch("connect", 0, 60, None),
    _Stretch("steady", 60, 90, 800.0),
    _Stretch("peak", 150, 60, 4_000.0),
    _Stretch("evening", 210, 90, 400.0),
)


def sample(**changes: Any) -> Results:
    """Return the whole run; `changes` replace fields of it."""
    dice = random.Random(20261126)
    throughput = [_second(dice, at) for at in range(SECONDS)]
    ramp = [_ramp(at) for at in range(SECONDS)]
    acked = sum(second.acked for second in throughput)
    return msgspec.structs.replace(
        Results(
            scenario="shop-day",
            title_zh="一家店铺的一天",
            title_en="A shop's day",
            started_at=1_795_705_200_000,
            seconds=float(SECONDS),
            ended="complete",
            command=["kefu", "loadtest", "shop-day", "--seed", "7", "--out", "day of the shop"],
            seed=7,
            config_sha256="9f" * 32,
            environment=environment(),
            targets=[
                Target("p99 ack", "latencies.ack.p99_ms", at_most=50.0, unit="ms"),
                Target("p99 show", "latencies.show.p99_ms", at_most=200.0, unit="ms"),
                Target("lost", "totals.lost", at_most=0),
                Target("connections", "totals.connections", at_least=5_000),
            ],
            phases=[_phase(stretch) for stretch in STRETCHES],
            ramp=ramp,
            throughput=throughput,
            totals=totals(
                connections=VISITORS + AGENTS,
                offered=sum(second.offered for second in throughput),
                sent=acked,
                acked=acked,
                delivered=sum(second.delivered for second in throughput),
            ),
            latencies={
                "ack": latency(dice, 2.1, 0.55),
                "ack_vip": latency(dice, 2.0, 0.5),
                "show": latency(dice, 3.4, 0.7),
                "handshake": latency(dice, 6.0, 0.6),
            },
            resources=[one for at in range(0, SECONDS, 2) for one in _resources(dice, at)],
            generator=selfcheck(),
            errors=[
                Error("1013 overload", 14, 171.2, "try again in 2 s"),
                Error("refused: busy", 3, 180.0, "retry_after 1500"),
            ],
            ladder=[_load(dice, at / 4) for at in range(SECONDS * 4)],
            rungs=[Rung(1, 0.7, 0.6), Rung(2, 0.85, 0.75), Rung(3, 0.95, 0.85)],
            overload=Overload(3, 6, 61.2, 1_420.0, 1_310.0, 0.9225),
            idle=Idle(VISITORS, 71_000_000, 88_200_000),
            burst=Burst(100, 180_000_000, 192_000_000, 4_000_000, 8_500_000),
            storm=Storm(6_120, 1.8, 4.9, 6.2),
            soak=Soak(120.0, 310_000.0, 182_000_000, 182_900_000),
            profiles={"idle": IDLE_STACKS, "peak": PEAK_STACKS},
        ),
        **changes,
    )


def empty(**changes: Any) -> Results:
    """Return a run that did nothing at all."""
    return msgspec.structs.replace(
        Results(
            scenario="",
            title_zh="",
            title_en="",
            started_at=0,
            seconds=0.0,
            ended="complete",
            command=[],
            seed=0,
            config_sha256="",
            environment=msgspec.structs.replace(environment(), packages={}),
            targets=[],
            phases=[],
            ramp=[],
            throughput=[],
            totals=totals(),
            latencies={},
            resources=[],
            generator=selfcheck(),
            errors=[],
        ),
        **changes,
    )


def environment(**changes: Any) -> Environment:
    """Return a machine."""
    return msgspec.structs.replace(
        Environment(
            kefu="0.1.0",
            python="3.11.2",
            system="Linux 6.1 (Debian 12)",
            processor="Example CPU @ 2.60GHz",
            cores=2,
            memory_bytes=25_186_000_000,
            files_a_process=20_000,
            store="SQLite 3.54.0, synchronous=FULL",
            same_machine=True,
            packages={"aiohttp": "3.14.5", "uvloop": "0.23.0", "apsw": "3.54.1.0"},
        ),
        **changes,
    )


def totals(**changes: Any) -> Totals:
    """Return totals that are all zero but for `changes`."""
    return msgspec.structs.replace(
        Totals(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, "journals and database", []), **changes
    )


def selfcheck(**changes: Any) -> SelfCheck:
    """Return a generator that was at ease."""
    return msgspec.structs.replace(SelfCheck(2, 0.48, 3.1, 0.2, 1.9, 11.0, False, ""), **changes)


def latency(dice: random.Random, middle: float, spread: float, number: int = 20_000) -> Latency:
    """Return log-normal latencies around `middle` ms, with the histogram that belongs to them."""
    histogram = HdrHistogram(1, 60_000_000, 3)
    slots: dict[int, list[int]] = {}
    for index in range(number):
        at = index * SECONDS // number
        heavier = 3.2 if 150 <= at < 215 else 1.0
        value = middle * heavier * math.exp(dice.gauss(0, spread))
        histogram.record_value(max(1, int(value * 1000)))
        row = min(max(0, math.ceil(math.log2(value / 0.25))), _EDGES - 1)
        slots.setdefault(at - at % 2, [0] * _EDGES)[row] += 1
    p50, p75, p90, p95, p99, p999 = (
        histogram.get_value_at_percentile(part) / 1000 for part in (50, 75, 90, 95, 99, 99.9)
    )
    return Latency(
        count=number,
        mean_ms=histogram.get_mean_value() / 1000,
        p50_ms=p50,
        p75_ms=p75,
        p90_ms=p90,
        p95_ms=p95,
        p99_ms=p99,
        p999_ms=p999,
        max_ms=histogram.get_max_value() / 1000,
        histogram=histogram.encode().decode(),
        heat=[Slot(float(at), counts) for at, counts in sorted(slots.items())],
    )


def _phase(stretch: _Stretch) -> Phase:
    return Phase(stretch.name, float(stretch.at), float(stretch.seconds), VISITORS, AGENTS, stretch.rate, 120)


def _ramp(at: int) -> Ramp:
    opened = (VISITORS + AGENTS) // 60 if at < 60 else 0
    return Ramp(float(at), opened, 0, min((VISITORS + AGENTS) * (at + 1) // 60, VISITORS + AGENTS))


def _second(dice: random.Random, at: int) -> Second:
    rate = next(one.rate or 0.0 for one in STRETCHES if one.at <= at < one.at + one.seconds)
    offered = max(0, round(dice.gauss(rate, rate**0.5)))
    return Second(float(at), offered, offered, offered, round(offered * 1.9), 0)


def _resources(dice: random.Random, at: int) -> list[Resource]:
    busy = 0.08 + (0.62 if 150 <= at < 210 else 0.18 if at >= 60 else 0.3)
    grown = min(at, 60) * 290_000 + max(0, at - 60) * 12_000
    kernel = 4_000_000 + (3_000_000 if 150 <= at < 210 else 0) + dice.randrange(200_000)
    lag = (9.0 if 150 <= at < 210 else 1.5) * math.exp(dice.gauss(0, 0.3))
    return [
        Resource(
            float(at),
            "node-1",
            busy + dice.gauss(0, 0.02),
            71_000_000 + grown,
            6_200,
            kernel,
            lag,
            3 + at // 20,
        ),
        Resource(float(at), "proxy", 0.05 + abs(dice.gauss(0, 0.01)), 24_000_000, 40, kernel),
    ]


def _load(dice: random.Random, at: float) -> Load:
    tier = 0
    if 156 <= at < 220:
        tier = 2 if 165 <= at < 214 else 1
    off = ["read_receipts", "typing", "search"][: (0, 2, 3)[tier]]
    target = 0.92 if 152 <= at < 210 else 0.3
    return Load(at, max(0.0, target + dice.gauss(0, 0.03)), tier, off)


IDLE_STACKS = """\
main;run;select 900
main;run;heartbeat;tick 60
main;run;metrics 40
"""
PEAK_STACKS = """\
main;run;select 120
main;run;gateway;decode 260
main;run;gateway;step;guards 210
main;run;store;insert 250
main;run;delivery;encode 160
main;run;heartbeat;tick 30
"""
