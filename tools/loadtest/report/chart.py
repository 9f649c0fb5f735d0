"""Charts as inline SVG: crisp at any width, because positions are percentages and letters keep their size.

What is drawn stands in a nested picture that stretches with the page, while its strokes do not.  Colour never speaks alone:
every line has a dash of its own, a legend, a description in words, and a table of the same numbers.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from markupsafe import Markup
from msgspec import Struct

from appliance.errors import Language, Text
from tools.loadtest.report.axes import Axis, Tick, clock
from tools.loadtest.report.blocks import Cell, Chart, Key, Table
from tools.loadtest.report.figures import NONE, Form, known, same
from tools.loadtest.results import Phase

Point = tuple[float, float]
FIELD = 1000
_MOST_POINTS = 400
_PROBES = 48
_ROWS = 12
_SLOT_NAMED = 0.13


class Line(Struct, frozen=True):
    """One line.  `css` is its look (s1 ... s5); `area` fills below it, `steps` keeps a value until the next."""

    label: Text
    points: Sequence[Point]
    css: str
    area: bool = False
    steps: bool = False


class Plot(Struct, frozen=True):
    """What is to be drawn over time or over percentiles.  `key` makes ids unique; `form` writes a value.

    `moments` are times at which `moment` happened: dotted lines across.
    """

    key: str
    title: Text
    x: Axis
    y: Axis
    lines: Sequence[Line]
    form: Form
    phases: Sequence[Phase] = ()
    moments: Sequence[float] = ()
    moment: Text = NONE
    height: int = 220
    probes: bool = True


def draw(plot: Plot) -> Chart:
    """Return the chart with its words and its table."""
    lines = [line for line in plot.lines if _sound(line.points)]
    summary = _summary(plot, lines)
    return Chart(
        title=plot.title,
        summary=summary,
        svg=(_svg(plot, lines, summary, "zh"), _svg(plot, lines, summary, "en")),
        table=_table(plot, lines),
        keys=[Key(f"line {line.css}", line.label) for line in lines]
        + ([Key("line moment", plot.moment)] if plot.moments else []),
    )


def _svg(plot: Plot, lines: Sequence[Line], summary: Text, language: Language) -> Markup:
    inner = Markup("").join(
        [
            phases(plot.phases, plot.x, language),
            rulers(plot.x, plot.y, language),
            _field(plot, lines),
            _moments(plot),
            _probes(plot, lines, language) if plot.probes else Markup(""),
        ]
    )
    return frame(plot.key, plot.title, summary, inner, plot.height, language)


def frame(key: str, title: Text, summary: Text, inner: Markup, height: int, language: Language) -> Markup:
    """Return the outer picture, named and described for whoever does not see it."""
    name = f"{language}-{key}"
    return Markup(
        '<svg class="chart" role="img" width="100%" height="{h}" aria-labelledby="{n}-t {n}-d">'
        '<title id="{n}-t">{t}</title><desc id="{n}-d">{d}</desc>{i}</svg>'
    ).format(h=height, n=name, t=title.say(language), d=summary.say(language), i=inner)


def rulers(x: Axis, y: Axis, language: Language) -> Markup:
    """Return both axes: lines across, numbers and titles."""
    parts = [Markup('<g class="ruler">')]
    for tick in y.ticks:
        at = percent(1 - tick.at)
        parts.append(Markup('<line x1="0" x2="100%" y1="{0}" y2="{0}"/>').format(at))
        parts.append(
            Markup('<text x="-8" y="{}" dy=".35em" class="y">{}</text>').format(at, tick.text.say(language))
        )
    parts += [_x_tick(tick, language) for tick in x.ticks]
    parts.append(Markup('<text x="-68" y="-32" class="name">{}</text>').format(y.title.say(language)))
    parts.append(
        Markup('<text x="100%" y="100%" dy="38" class="name end">{}</text></g>').format(x.title.say(language))
    )
    return Markup("").join(parts)


def _x_tick(tick: Tick, language: Language) -> Markup:
    # The outermost numbers lean inward, or they would stand outside of a narrow page.
    side = " start" if tick.at < 0.02 else " end" if tick.at > 0.97 else ""
    return Markup(
        '<line x1="{0}" x2="{0}" y1="100%" y2="100%" class="tick"/>'
        '<text x="{0}" y="100%" dy="20" class="x{1}">{2}</text>'
    ).format(percent(tick.at), side, tick.text.say(language))


def phases(found: Sequence[Phase], x: Axis, language: Language) -> Markup:
    """Return the phases of the scenario as bands behind a chart, numbered above it, and named where there is room."""
    parts = [Markup('<g class="phases">')]
    for index, phase in enumerate(found):
        if not (known(phase.at_s) and known(phase.seconds)):
            continue
        start, end = x.at(phase.at_s), x.at(phase.at_s + phase.seconds)
        if end - start < 0.004:
            continue
        name = f" {phase.name}" if end - start >= _SLOT_NAMED else ""
        parts.append(
            Markup(
                '<rect x="{x}" width="{w}" y="-22" height="22" class="cap b{b}"/>'
                '<rect x="{x}" width="{w}" height="100%" class="band b{b}"/>'
                '<svg x="{x}" y="-22" width="{w}" height="22"><text x="6" y="15">{n}'
                '<tspan class="wide">{t}</tspan></text></svg>'
            ).format(x=percent(start), w=percent(end - start), b=index % 2, n=index + 1, t=name)
        )
    return Markup("").join([*parts, Markup("</g>")])


def field(inner: Markup) -> Markup:
    """Return the nested picture that stretches: 1000 by 1000, whatever its size on the page."""
    return Markup(
        '<svg class="field" width="100%" height="100%" viewBox="0 0 {0} {0}" preserveAspectRatio="none">{1}</svg>'
    ).format(FIELD, inner)


def _field(plot: Plot, lines: Sequence[Line]) -> Markup:
    parts: list[Markup] = []
    for line in lines:
        places = [(plot.x.at(x), 1 - plot.y.at(y)) for x, y in thinned(_sound(line.points))]
        if line.area:
            parts.append(Markup('<path class="fill {}" d="{}"/>').format(line.css, _area(places, line.steps)))
        parts.append(Markup('<path class="line {}" d="{}"/>').format(line.css, _path(places, line.steps)))
    return field(Markup("").join(parts))


def _path(places: Sequence[Point], steps: bool) -> str:
    (x, y), *rest = ((round(x * FIELD, 1), round(y * FIELD, 1)) for x, y in places)
    # A line to where it already is makes a single point visible: round ends turn it into a dot.
    text = f"M{x:g} {y:g}h0"
    return text + "".join(f"H{x:g}V{y:g}" if steps else f"L{x:g} {y:g}" for x, y in rest)


def _area(places: Sequence[Point], steps: bool) -> str:
    return f"{_path(places, steps)}V{FIELD}H{places[0][0] * FIELD:.1f}Z"


def _moments(plot: Plot) -> Markup:
    lines = (
        Markup('<line x1="{0}" x2="{0}" y1="0" y2="100%"/>').format(percent(plot.x.at(at)))
        for at in plot.moments
        if known(at)
    )
    return Markup('<g class="moments">{}</g>').format(Markup("").join(lines))


def _probes(plot: Plot, lines: Sequence[Line], language: Language) -> Markup:
    """Return invisible columns that say their values when a pointer is over them (the script shows what they say)."""
    parts = [Markup('<g class="probes">')]
    for low, high, values in slices(plot.x, lines, _PROBES):
        said = " · ".join(
            f"{line.label.say(language)} {plot.form(value).say(language)}"
            for line, value in zip(lines, values, strict=True)
            if value is not None
        )
        if said:
            start = plot.x.at(low)
            parts.append(
                Markup('<rect x="{}" width="{}" height="100%" data-say="{}"/>').format(
                    percent(start), percent(plot.x.at(high) - start), f"{clock(low, plot.x.high)} — {said}"
                )
            )
    return Markup("").join([*parts, Markup("</g>")])


def slices(x: Axis, lines: Sequence[Line], parts: int) -> Iterable[tuple[float, float, list[float | None]]]:
    """Yield equal parts of the axis: from, to, and for each line the mean in it (None where it has no point)."""
    sums = [[(0.0, 0)] * parts for _ in lines]
    for row, line in zip(sums, lines, strict=True):
        for place, value in _sound(line.points):
            index = min(int(x.at(place) * parts), parts - 1)
            total, number = row[index]
            row[index] = (total + value, number + 1)
    step = (x.high - x.low) / parts
    for index in range(parts):
        found = [row[index] for row in sums]
        means = [total / number if number else None for total, number in found]
        yield x.low + index * step, x.low + (index + 1) * step, means


def _table(plot: Plot, lines: Sequence[Line]) -> Table:
    """Return the same in numbers: a dozen slices with the mean of each line."""
    rows = [
        [Cell(same(f"{clock(low, plot.x.high)}–{clock(high, plot.x.high)}"))]
        + [Cell(plot.form(value) if value is not None else NONE) for value in values]
        for low, high, values in slices(plot.x, lines, _ROWS)
        if any(value is not None for value in values)
    ]
    caption = Text("各时段的平均值", "Means of equal slices")
    return Table(caption, [plot.x.title, *(line.label for line in lines)], rows)


def _summary(plot: Plot, lines: Sequence[Line]) -> Text:
    """Say in words what the lines do: where each is highest, and its mean."""
    zh, en = [], []
    for line in lines:
        points = _sound(line.points)
        at, highest = max(points, key=lambda point: point[1])
        mean = sum(y for _, y in points) / len(points)
        moment = clock(at, plot.x.high)
        top, middle = plot.form(highest), plot.form(mean)
        zh.append(f"{line.label.zh}：最高 {top.zh}（{moment}），平均 {middle.zh}")
        en.append(f"{line.label.en}: highest {top.en} (at {moment}), mean {middle.en}")
    return Text("；".join(zh) + "。", "; ".join(en) + ".") if zh else Text("没有数据。", "No data.")


def thinned(points: Sequence[Point]) -> list[Point]:
    """Return at most some hundred points with the same look: of each part the lowest and the highest, so no peak is lost."""
    if len(points) <= _MOST_POINTS:
        return list(points)
    kept: list[Point] = [points[0]]
    edges = [len(points) * index * 2 // _MOST_POINTS for index in range(_MOST_POINTS // 2 + 1)]
    for start, end in pairwise(edges):
        part = range(start, end)
        low = min(part, key=lambda index: points[index][1])
        high = max(part, key=lambda index: points[index][1])
        kept += [points[index] for index in sorted({low, high})]
    return [*kept, points[-1]]


def _sound(points: Sequence[Point]) -> list[Point]:
    return [(x, min(y, 1e300)) for x, y in points if known(x) and known(y)]


def percent(part: float) -> str:
    """Return a place on the page: "12.5%"."""
    return f"{part * 100:.3f}".rstrip("0").rstrip(".") + "%"
