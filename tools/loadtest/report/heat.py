"""The heat map: when which latencies occurred.  A slow minority that a percentile hides is seen here as a stripe.

A column is a span of time, a row a latency between two edges that double from 0.25 ms, and the darkness says how many messages
fell there, one step for each power of ten.
"""

from collections.abc import Sequence

from markupsafe import Markup

from appliance.errors import Language, Text
from tools.loadtest.report import chart
from tools.loadtest.report.axes import Axis, Tick, clock, time
from tools.loadtest.report.blocks import Cell, Chart, Key, Table
from tools.loadtest.report.figures import count, known, millis, same
from tools.loadtest.results import Phase, Slot

FIRST_EDGE_MS = 0.25
_COLUMNS = 90
_ROWS = 12
_MOST_EDGES = 40
_SHADES = 5


def heat_map(key: str, title: Text, slots: Sequence[Slot], phases: Sequence[Phase], end: float) -> Chart:
    """Return the map of one kind of latency."""
    slots = [slot for slot in slots if known(slot.at_s)]
    rows = min(max((len(slot.counts) for slot in slots), default=0), _MOST_EDGES) or 1
    x = time(0.0, max([end, *(slot.at_s for slot in slots)]))
    y = _latencies(rows)
    columns = _columns(slots, x, rows, _COLUMNS)
    summary = _summary(columns, x)
    drawn = [_svg(key, title, summary, columns, (x, y), phases, language) for language in ("zh", "en")]
    return Chart(title, summary, (drawn[0], drawn[1]), _table(_columns(slots, x, rows, _ROWS), x), _keys())


def edge_ms(row: int) -> float:
    """Return the upper edge of a row in ms: 0.25, 0.5, 1 ..."""
    return FIRST_EDGE_MS * 2.0**row


def _latencies(rows: int) -> Axis:
    step = max(1, -(-rows // 8))
    ticks = [Tick((row + 1) / rows, millis(edge_ms(row))) for row in range(rows) if (row - 2) % step == 0]
    return Axis(0.0, float(rows), Text("耗时（每格加倍）", "latency (doubling rows)"), ticks)


def _columns(slots: Sequence[Slot], x: Axis, rows: int, parts: int) -> list[list[int]]:
    """Return counts by column and row; what is above the last row is counted in it."""
    parts = min(parts, max(1, len({slot.at_s for slot in slots})))
    columns = [[0] * rows for _ in range(parts)]
    for slot in slots:
        column = columns[min(int(x.at(slot.at_s) * parts), parts - 1)]
        for row, number in enumerate(slot.counts):
            column[min(row, rows - 1)] += max(number, 0)
    return columns


def _shade(number: int) -> int:
    return min(len(str(number)), _SHADES)


def _svg(
    key: str,
    title: Text,
    summary: Text,
    columns: list[list[int]],
    axes: tuple[Axis, Axis],
    phases: Sequence[Phase],
    language: Language,
) -> Markup:
    x, y = axes
    inner = Markup("").join(
        [
            chart.phases(phases, x, language),
            chart.field(_patches(columns)),
            chart.rulers(x, y, language),
            _probes(columns, x, language),
        ]
    )
    return chart.frame(key, title, summary, inner, 240, language)


def _patches(columns: list[list[int]]) -> Markup:
    """Return one path for each shade, which keeps thousands of patches small."""
    rows, wide, high = len(columns[0]), chart.FIELD / len(columns), chart.FIELD / len(columns[0])
    shades: dict[int, list[str]] = {}
    for at, column in enumerate(columns):
        for row, number in enumerate(column):
            if number > 0:
                place = f"M{at * wide:.1f} {(rows - row - 1) * high:.1f}h{wide:.1f}v{high:.1f}h-{wide:.1f}z"
                shades.setdefault(_shade(number), []).append(place)
    return Markup("").join(
        Markup('<path class="patch h{}" d="{}"/>').format(shade, "".join(places))
        for shade, places in sorted(shades.items())
    )


def _probes(columns: list[list[int]], x: Axis, language: Language) -> Markup:
    parts = [Markup('<g class="probes">')]
    step = (x.high - x.low) / len(columns)
    for index, column in enumerate(columns):
        if any(column):
            text = f"{clock(x.low + index * step, x.high)} — {_column(column).say(language)}"
            parts.append(
                Markup('<rect x="{}" width="{}" height="100%" data-say="{}"/>').format(
                    chart.percent(index / len(columns)), chart.percent(1 / len(columns)), text
                )
            )
    return Markup("").join([*parts, Markup("</g>")])


def _half(column: list[int]) -> int:
    """Return the row in which the middle message stands."""
    seen, total = 0, sum(column)
    for row, number in enumerate(column):
        seen += number
        if seen * 2 >= total:
            return row
    return 0


def _last(column: list[int]) -> int:
    return max((row for row, number in enumerate(column) if number), default=0)


def _column(column: list[int]) -> Text:
    number, half, most = count(sum(column)), millis(edge_ms(_half(column))), millis(edge_ms(_last(column)))
    return Text(
        f"{number.zh} 次，一半不到 {half.zh}，最慢不到 {most.zh}",
        f"{number.en}, half of them below {half.en}, the slowest below {most.en}",
    )


def _summary(columns: list[list[int]], x: Axis) -> Text:
    filled = [(index, column) for index, column in enumerate(columns) if any(column)]
    if not filled:
        return Text("没有数据。", "No data.")
    everything = [sum(numbers) for numbers in zip(*columns, strict=True)]
    index, worst = max(filled, key=lambda pair: _last(pair[1]))
    moment = clock(x.low + index * (x.high - x.low) / len(columns), x.high)
    total, slowest = _column(everything), millis(edge_ms(_last(worst)))
    return Text(
        f"共 {total.zh}；最慢的（不到 {slowest.zh}）出现在 {moment}。",
        f"In all {total.en}; the slowest (below {slowest.en}) at {moment}.",
    )


def _table(columns: list[list[int]], x: Axis) -> Table:
    step = (x.high - x.low) / len(columns)
    rows = [
        [
            Cell(same(f"{clock(x.low + index * step, x.high)}–{clock(x.low + (index + 1) * step, x.high)}")),
            Cell(count(sum(column))),
            Cell(millis(edge_ms(_half(column)))),
            Cell(millis(edge_ms(_last(column)))),
        ]
        for index, column in enumerate(columns)
        if any(column)
    ]
    head = [
        x.title,
        Text("次数", "count"),
        Text("一半不到", "half below"),
        Text("最慢不到", "slowest below"),
    ]
    return Table(Text("各时段的耗时分布", "Latencies by slices of time"), head, rows)


def _keys() -> list[Key]:
    ranges = ["1–9", "10–99", "100–999", "1,000–9,999", "≥ 10,000"]
    return [
        Key(f"patch h{shade}", Text(f"{text} 次", f"{text} times"))
        for shade, text in enumerate(ranges, start=1)
    ]
