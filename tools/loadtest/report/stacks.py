"""Reads collapsed stacks ("a;b;c 17", a line each) and compares two of them by function.

Shares are compared, not counts, for two captures are never equally long.  *Self* is the time in a function itself, *total* the time
in it and in what it called; a recursive function counts once for each sample.
"""

from collections import Counter
from collections.abc import Mapping

from msgspec import Struct


class Weight(Struct, frozen=True):
    """How much of a capture a function took, as parts of 1."""

    own: float
    total: float


class Moved(Struct, frozen=True):
    """One function in two captures; None where it does not occur."""

    name: str
    before: Weight | None
    after: Weight | None

    @property
    def difference(self) -> float:
        """By how much its own share grew."""
        return (self.after.own if self.after else 0.0) - (self.before.own if self.before else 0.0)


def weights(text: str) -> dict[str, Weight]:
    """Return the share of each function; a line that is no stack is left out."""
    own: Counter[str] = Counter()
    total: Counter[str] = Counter()
    samples = 0
    for line in text.splitlines():
        stack, _, number = line.strip().rpartition(" ")
        if not stack or not (number.isascii() and number.isdigit()) or len(number) > 18 or int(number) == 0:
            continue
        frames = stack.split(";")
        samples += int(number)
        own[frames[-1]] += int(number)
        total.update(dict.fromkeys(frames, int(number)))
    return {name: Weight(own[name] / samples, total[name] / samples) for name in total}


def moved(before: Mapping[str, Weight], after: Mapping[str, Weight]) -> list[Moved]:
    """Return every function of either capture, those whose own share changed most first."""
    found = [Moved(name, before.get(name), after.get(name)) for name in {**before, **after}]
    return sorted(found, key=lambda item: (-abs(item.difference), item.name))
