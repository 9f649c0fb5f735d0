"""The percentile curve of HdrHistogram: how the latency grows towards the slowest few.

The horizontal axis stretches the end: 90 %, 99 %, 99.9 % stand at equal distances, for it is there that services differ.
"""

import math
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NamedTuple

from appliance.errors import Text
from tools.loadtest.report.axes import Axis, Tick, doubling
from tools.loadtest.report.blocks import Cell, Chart, Table
from tools.loadtest.report.chart import Line, Plot, Point, draw
from tools.loadtest.report.figures import millis, same
from tools.loadtest.results import Latency

_MICROS = 1000.0
_PER_HALVING = 4
_NINES = 7


class Curve(NamedTuple):
    """The decoded histogram of one kind: (part of all messages up to here, latency in ms) from fast to slow."""

    label: Text
    points: list[Point]


def decoded(latency: Latency) -> list[Point]:
    """Return the curve; empty where the histogram holds nothing or cannot be read."""
    histogram = _histogram(latency.histogram)
    if histogram is None or histogram.get_total_count() <= 0:
        return []
    total = histogram.get_total_count()
    points: list[Point] = []
    for item in histogram.get_percentile_iterator(_PER_HALVING):
        # The last message of all is "100 %", which has no place on this axis: it stands where one more would be.
        part = min(item.percentile_level_iterated_to / 100, 1 - 0.5 / total)
        points.append((part, max(item.value_iterated_to, 1) / _MICROS))
    return points


def _histogram(text: str) -> Any:
    # hdrh ships no types, and what it raises on a damaged text depends on where the damage is.
    try:
        return import_module("hdrh.histogram").HdrHistogram.decode(text)
    except Exception:
        return None


def percentile_chart(curves: Sequence[Curve]) -> Chart:
    """Return all curves in one chart, on a logarithmic axis of latency."""
    curves = [curve for curve in curves if curve.points]
    nines = max((_stretched(part) for curve in curves for part, _ in curve.points), default=1.0)
    x = _percentiles(min(max(nines, 1.0), float(_NINES)))
    y = doubling(
        (value for curve in curves for _, value in curve.points),
        millis,
        Text("耗时（对数刻度）", "latency (logarithmic)"),
    )
    lines = [
        Line(curve.label, [(_stretched(part), value) for part, value in curve.points], f"s{index % 5 + 1}")
        for index, curve in enumerate(curves)
    ]
    title = Text("耗时的百分位曲线（HdrHistogram）", "Percentiles of latency (HdrHistogram)")
    drawn = draw(Plot("curve", title, x, y, lines, millis, height=260, probes=False))
    return Chart(title, _summary(curves), drawn.svg, _table(curves), drawn.keys)


def _stretched(part: float) -> float:
    """Return the number of nines: 0 -> 0, 0.9 -> 1, 0.99 -> 2."""
    return -math.log10(max(1 - part, 1e-12))


def _percentiles(nines: float) -> Axis:
    parts = [0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999, 0.999999]
    ticks = [
        Tick(_stretched(part) / nines, same(f"{part * 100:.6g}%"))
        for part in parts
        if _stretched(part) <= nines
    ]
    return Axis(0.0, nines, Text("快于此的消息占比", "share of messages that were faster"), ticks)


def at_part(curve: Curve, part: float) -> float | None:
    """Return the latency in ms that `part` of the messages did not exceed, read off the curve; None beyond its end."""
    before: Point | None = None
    for place, value in curve.points:
        if place >= part:
            if before is None or place <= before[0]:
                return value
            return before[1] + (part - before[0]) / (place - before[0]) * (value - before[1])
        before = place, value
    return None


def _summary(curves: Sequence[Curve]) -> Text:
    zh, en = [], []
    for curve in curves:
        half, slow = millis(at_part(curve, 0.5)), millis(at_part(curve, 0.99))
        zh.append(f"{curve.label.zh}：一半不超过 {half.zh}，99% 不超过 {slow.zh}")
        en.append(f"{curve.label.en}: half within {half.en}, 99 % within {slow.en}")
    return Text("；".join(zh) + "。", "; ".join(en) + ".") if zh else Text("没有数据。", "No data.")


def _table(curves: Sequence[Curve]) -> Table:
    parts = (0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999)
    rows = [
        [Cell(same(f"{part * 100:g}%"))] + [Cell(millis(at_part(curve, part))) for curve in curves]
        for part in parts
    ]
    return Table(
        Text("由直方图读出", "Read from the histogram"),
        [Text("占比", "share"), *(curve.label for curve in curves)],
        rows,
    )
