"""What a profile is: stacks with values, and the ways to count them together, compare them and write them as text."""

import os
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import CodeType, FrameType
from typing import NamedTuple

from msgspec import Struct

DEEPEST = 128
"""Frames of a stack that are kept, from the innermost; a recursion that is deeper loses its outer end."""

Labels = tuple[tuple[str, str], ...]
Place = tuple[CodeType, int]
"""A line of a function."""


class Frame(NamedTuple):
    """A line of a function: `name` with its module, `first` the line where the function begins."""

    name: str
    file: str
    line: int
    first: int


class Sample(NamedTuple):
    """A stack, the innermost frame first, with a value for each of the profile's types."""

    stack: tuple[Frame, ...]
    values: tuple[int, ...]
    labels: Labels = ()


class Profile(Struct):
    """One profile.  `types` are (name, unit) of the values, `at` and `seconds` when it was begun (Unix s) and how long it took.

    `period` is how much of `period_type` lies between two samples; 0 where everything was counted.
    """

    types: tuple[tuple[str, str], ...]
    samples: list[Sample]
    at: float
    seconds: float = 0.0
    period_type: tuple[str, str] = ("", "")
    period: int = 0
    comments: tuple[str, ...] = ()

    def total(self, place: int = -1) -> int:
        """Return the sum of the values of one type, by default of the last, which pprof shows first."""
        return sum(sample.values[place] for sample in self.samples)

    def collapsed(self, place: int = -1) -> str:
        """Return lines "outermost;...;innermost value", as flame graph tools and the load test's report take them."""
        found: Counter[str] = Counter()
        for sample in self.samples:
            names = [frame.name.replace(";", ",") for frame in reversed(sample.stack)] or ["(nothing)"]
            found[";".join(names)] += sample.values[place]
        return "".join(f"{stack} {value}\n" for stack, value in sorted(found.items()) if value)

    def by_function(self, place: int = -1) -> dict[str, tuple[int, int]]:
        """Return (in itself, with what it called) of each function; a recursive one counts once in a stack."""
        own: Counter[str] = Counter()
        cumulative: Counter[str] = Counter()
        for sample in self.samples:
            if sample.stack:
                own[sample.stack[0].name] += sample.values[place]
            for name in {frame.name for frame in sample.stack}:
                cumulative[name] += sample.values[place]
        return {name: (own[name], value) for name, value in cumulative.items()}


class Tally:
    """Counts values by stack and labels; names are only looked up when the profile is made."""

    def __init__(self, width: int) -> None:
        self._found: dict[tuple[tuple[Place, ...], Labels], list[int]] = {}
        self._width = width

    def __len__(self) -> int:
        return len(self._found)

    def __contains__(self, stack: tuple[Place, ...]) -> bool:
        """Whether this stack was counted without labels."""
        return (stack, ()) in self._found

    def add(self, stack: tuple[Place, ...], values: Iterable[int], labels: Labels = ()) -> None:
        """Add values to what this stack has."""
        have = self._found.get((stack, labels))
        if have is None:
            have = self._found[stack, labels] = [0] * self._width
        for place, value in enumerate(values):
            have[place] += value

    def rows(self) -> list[tuple[tuple[Place, ...], Labels, tuple[int, ...]]]:
        """Return what was counted until now, untouched by what is counted later."""
        return [(stack, labels, tuple(values)) for (stack, labels), values in self._found.items()]

    def samples(self) -> list[Sample]:
        """Return what was counted, with names."""
        return [
            Sample(tuple(frame_of(*place) for place in stack), values, labels)
            for stack, labels, values in self.rows()
        ]


def places(frame: FrameType | None, most: int = DEEPEST) -> tuple[Place, ...]:
    """Return the stack of a frame, the innermost first."""
    found: list[Place] = []
    while frame is not None and len(found) < most:
        found.append((frame.f_code, frame.f_lineno or 0))
        frame = frame.f_back
    return tuple(found)


def frame_of(code: CodeType, line: int) -> Frame:
    """Return a place by name."""
    name = f"{module_of(code.co_filename)}.{code.co_qualname}"
    return Frame(name, code.co_filename, line, code.co_firstlineno)


@lru_cache(maxsize=4_096)
def module_of(file: str) -> str:
    """Return the name under which a source file is imported; what is no file keeps its name."""
    roots = sorted((os.path.abspath(path) + os.sep for path in sys.path), key=len, reverse=True)
    for root in roots:
        if file.startswith(root):
            return (
                file.removeprefix(root)
                .removesuffix(".py")
                .removesuffix(f"{os.sep}__init__")
                .replace(os.sep, ".")
            )
    # "<frozen runpy>": pprof takes what stands in such brackets for a template of C++ and leaves it out.
    return os.path.basename(file).removesuffix(".py").removeprefix("<frozen ").strip("<>")


class Moved(Struct, frozen=True):
    """A function in two profiles: its own share of each (parts of 1) and the shares with what it called."""

    name: str
    own: tuple[float, float]
    total: tuple[float, float]


def difference(before: Profile, after: Profile) -> list[Moved]:
    """Return every function of either, those whose own share changed most first.

    Shares are compared, not values: two captures are never equally long, nor the load during them.
    """
    first, second = before.by_function(), after.by_function()
    wholes = before.total() or 1, after.total() or 1

    def shares(found: Mapping[str, tuple[int, int]], name: str, whole: int) -> tuple[float, float]:
        own, total = found.get(name, (0, 0))
        return own / whole, total / whole

    moved: list[Moved] = []
    for name in {**first, **second}:
        was, now = shares(first, name, wholes[0]), shares(second, name, wholes[1])
        moved.append(Moved(name, (was[0], now[0]), (was[1], now[1])))
    return sorted(
        moved, key=lambda row: (-abs(row.own[1] - row.own[0]), -abs(row.total[1] - row.total[0]), row.name)
    )
