"""What a section is made of: facts, tables, charts, remarks.  The templates know these kinds and nothing of load tests."""

from collections.abc import Sequence
from typing import Literal

from markupsafe import Markup
from msgspec import Struct

from appliance.errors import Language, Text
from tools.loadtest.report.figures import NOT_TESTED

Tone = Literal["plain", "good", "warn", "bad", "none"]
"""How something stands: no judgement, met, doubtful, missed, not tested.  A tone is always said in words, too."""


class Cell(Struct, frozen=True):
    """One cell of a table.  `tone` gives it the badge of a verdict; `bar` (−1 to 1) draws its share below the figure."""

    text: Text
    tone: Tone = "plain"
    bar: float | None = None


class Table(Struct, frozen=True):
    """Rows under a head; `caption` says what they are.  Figures stand to the right; `words` are the columns that hold none."""

    kind = "table"
    caption: Text
    head: Sequence[Text]
    rows: Sequence[Sequence[Cell]]
    words: frozenset[int] = frozenset()


class Fact(Struct, frozen=True):
    """One figure with its name; `hint` says how it is meant."""

    label: Text
    value: Text
    hint: Text = Text("", "")
    tone: Tone = "plain"


class Facts(Struct, frozen=True):
    """Figures that are read together, under a heading where a section has several."""

    kind = "facts"
    facts: Sequence[Fact]
    title: Text = Text("", "")


class Remark(Struct, frozen=True):
    """A sentence that explains or warns."""

    kind = "remark"
    text: Text
    tone: Tone = "plain"


class Lines(Struct, frozen=True):
    """Text that is copied as it stands: a command, stack frames."""

    kind = "lines"
    caption: Text
    text: str


class Points(Struct, frozen=True):
    """Sentences of equal rank."""

    kind = "points"
    texts: Sequence[Text]


class Key(Struct, frozen=True):
    """One entry of a chart's legend: the class of its stroke (or patch) and what it means."""

    css: str
    label: Text


class Chart(Struct, frozen=True):
    """A drawing in both languages, with what it shows in words (`summary`) and in numbers (`table`)."""

    kind = "chart"
    title: Text
    summary: Text
    svg: tuple[Markup, Markup]
    table: Table
    keys: Sequence[Key] = ()

    def drawing(self, language: Language) -> Markup:
        """Return the SVG of one language."""
        return self.svg[0] if language == "zh" else self.svg[1]


Block = Table | Facts | Remark | Lines | Points | Chart


class Section(Struct, frozen=True):
    """One numbered section.  Without blocks it says that its matter was not tested, and `why` what would test it."""

    number: int
    title: Text
    lead: Text
    blocks: Sequence[Block]
    why: Text = Text("", "")

    @property
    def tested(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.blocks)


def cells(*texts: Text | str) -> list[Cell]:
    """Return plain cells; a str is the same in both languages."""
    return [Cell(Text(text, text) if isinstance(text, str) else text) for text in texts]


def untested() -> Cell:
    """Return the cell for what the run did not touch."""
    return Cell(NOT_TESTED, "none")
