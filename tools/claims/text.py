"""The table of `kefu claims` for a terminal: three columns do not fit into eighty cells, so each claim has its lines."""

from collections.abc import Iterator
from itertools import groupby

from appliance.config.diagnostics import cells
from appliance.errors import Language, Text
from tools.claims.report import Report
from tools.claims.rows import Row
from tools.loadtest.report.claims import STANDINGS, Standing
from tools.loadtest.report.figures import NONE

WIDTH = 100
"""Cells of a line; a Chinese character takes two."""

_SIGNS: dict[Standing, str] = {"measured": "✓", "not reproduced": "✗", "not tested": "–"}
_BENCH = Text("我们的基准", "our bench")
_HERE = Text("本机实测", "measured here")
_NO_FIGURE = Text("没有记录", "no figure")


def text(report: Report, language: Language) -> str:
    """Return the whole table."""
    lines = [report.sentence.say(language), report.subtitle.say(language)]
    for area, rows in groupby(report.rows, key=lambda row: row.area):
        lines += ["", area.say(language)]
        for row in rows:
            lines += _lines(row, language)
    return "\n".join(lines)


def _lines(row: Row, language: Language) -> Iterator[str]:
    claim = row.claim
    stands = STANDINGS[claim.standing].say(language)
    yield from folded(f"  {_SIGNS[claim.standing]} {claim.says.say(language)}", f" [{stands}]")
    yield from folded(f"      {_named(_BENCH, language)}{_bench(row, language)}")
    note = claim.note.say(language)
    if claim.here == NONE:
        yield from folded(f"      {_named(_HERE, language)}{claim.here.say(language)} {note}")
    else:
        between = "；" if language == "zh" else "; "
        yield from folded(f"      {_named(_HERE, language)}{claim.here.say(language)}{between}{note}")


def _named(name: Text, language: Language) -> str:
    return f"{name.say(language)}{'：' if language == 'zh' else ': '}"


def _bench(row: Row, language: Language) -> str:
    if not row.bench:
        return _NO_FIGURE.say(language)
    form = "{}（{}，{}）" if language == "zh" else "{} ({}, {})"
    return "; ".join(
        form.format(figure.text.say(language), figure.source, figure.date) for figure in row.bench
    )


def folded(line: str, end: str = "") -> list[str]:
    """Return a line in pieces of at most WIDTH cells, those that follow indented by two more; `end` stays in one piece."""
    indent = " " * (len(line) - len(line.lstrip()) + 2)
    found, now = [], ""
    for word in [*_words(line), *([end] if end else [])]:
        if now.strip() and _width(now + word.rstrip()) > WIDTH:
            found.append(now.rstrip())
            now = indent + word.lstrip()
        else:
            now += word
    return [*found, now.rstrip()]


def _words(line: str) -> Iterator[str]:
    """Yield the pieces between which a line may be broken: behind a space, behind every Chinese character."""
    word = ""
    for sign, following in zip(line, [*line[1:], ""], strict=True):
        word += sign
        if (sign == " " and following != " ") or (cells(sign) > 1 and following not in _STICKS):
            yield word
            word = ""
    if word:
        yield word


_STICKS = set("，。：；）、”！？%)")
"""No line begins with these."""


def _width(text: str) -> int:
    return sum(map(cells, text))
