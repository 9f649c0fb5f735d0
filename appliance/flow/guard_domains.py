"""What values a variable may have, and which few of them are enough to try.

A guard compares a variable with constants, so all values between two neighbouring constants are alike to it.  One value
of each such piece, the constants themselves and the ways of being absent stand for all: what no sample makes true, nothing
does.  Too many samples only cost time; one too few would make `check` say what is not so.
"""

import itertools
import math
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

from msgspec import Struct

from appliance.config.vocabulary import VARIABLE_NAMES
from appliance.flow.guard_types import MAYBE_ABSENT, VARS
from appliance.model import Millis

Constant = bool | int | float | str | None
"""What a guard may compare with."""


class Fails:
    """Stands among the samples for a value whose reading fails."""

    def __repr__(self) -> str:
        return "FAILS"


FAILS = Fails()


class Where(Struct, frozen=True):
    """Where a guard stands: on an event (canonical), in "always" or in "after", or elsewhere ("").

    `since` is the least that `time` can be there, `until` the most (None: no bound).
    """

    event: str = ""
    since: Millis = 0
    until: Millis | None = None


class Term(Struct):
    """Something that guards compare with constants: a variable, or a part whose inside is not looked into.

    `key` names it: the same key means the same value.  `constants` are what it is compared with; `fails` says that reading
    it may fail.
    """

    key: str
    type: str
    fails: bool
    constants: list[Constant]


# Whole numbers by their least and greatest value (None: no bound).  Durations are whole milliseconds, never negative.
WHOLE: dict[str, tuple[int | None, int | None]] = {
    "visitor.level": (0, None),
    "priority": (None, None),
    "transfers": (0, None),
    "queue.position": (0, None),
    "queue.length": (0, None),
    "agents.ready": (0, None),
    "tier": (0, None),
    "event.score": (1, 5),
}
WHOLE |= {word.name: (0, None) for word in VARIABLE_NAMES.values() if word.type == "duration"}


def samples(term: Term, where: Where) -> list[Any]:
    """Return values that stand for all that `term` can have at `where`."""
    found: list[Any] = _SAMPLES.get(term.type, _lists)(term, where)
    if _may_be_null(term, where):
        found.append(None)
    if term.fails:
        found.append(FAILS)
    return found


def _may_be_null(term: Term, where: Where) -> bool:
    if term.key in MAYBE_ABSENT:
        return where.event != "visitor.rated"
    if term.key.startswith(VARS):
        return True
    word = VARIABLE_NAMES.get(term.key)
    if word is None:
        # A part that may fail may as well hand on what is absent: vip ? vars.x : 'a'.
        return term.fails
    return word.fact and word.type != "bool"


def _booleans(term: Term, where: Where) -> list[Any]:
    return [True, False]


def _strings(term: Term, where: Where) -> list[Any]:
    known = sorted({each for each in term.constants if isinstance(each, str)})
    # Longer than all the others, so equal to none.
    return [*known, max(known, key=len, default="") + "\0"]


def _lists(term: Term, where: Where) -> list[Any]:
    return [()]


def _numbers(term: Term, where: Where) -> list[Any]:
    constants = [each for each in term.constants if isinstance(each, int | float | Fraction)]
    if term.key in WHOLE:
        low, high = WHOLE[term.key]
        if term.key in ("time", "session.time"):
            # A conversation is at least as old as the state it is in.
            low, high = where.since, where.until if term.key == "time" else None
        return list(_whole(constants, low, high))
    word = VARIABLE_NAMES.get(term.key)
    if word is not None and word.type == "percent":
        return list(_broken(constants, 0.0, 1.0))
    found = list(_broken(constants, -math.inf, math.inf))
    # A part that is not looked into may come out as anything, even as inf - inf.
    return found if term.key.startswith(VARS) else [*found, math.nan]


def _whole(constants: Iterable[int | float | Fraction], low: int | None, high: int | None) -> Iterable[int]:
    tried = {0, *(bound for bound in (low, high) if bound is not None)}
    for constant in constants:
        down, up = math.floor(constant), math.ceil(constant)
        tried |= {up - 1, down, up, down + 1}
    return sorted(each for each in tried if (low is None or each >= low) and (high is None or each <= high))


def _broken(constants: Iterable[int | float | Fraction], low: float, high: float) -> Iterable[int | float]:
    """Return samples of numbers that need not be whole, which are compared as they are and never calculated with."""
    known = {each for each in constants if not isinstance(each, Fraction) and low <= each <= high}
    known |= {bound for bound in (low, high) if math.isfinite(bound)}
    points: list[int | float] = sorted(known) or [0]
    between = [one + (other - one) / 2 for one, other in itertools.pairwise(points)]
    return sorted({low, high, *points, *between})


def _anything(term: Term, where: Where) -> list[Any]:
    free = Term("", term.type, term.fails, term.constants)
    return [*_booleans(free, where), *_numbers(free, where), *_strings(free, where), (), None]


_SAMPLES: dict[str, Callable[[Term, Where], list[Any]]] = {
    "bool": _booleans,
    "string": _strings,
    "number": _numbers,
    "duration": _numbers,
    "percent": _numbers,
    "any": _anything,
}
