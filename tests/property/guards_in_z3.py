"""Guards made at random, each with what it means to Z3: the independent judge of guard_regions.py.

A condition is true, false or fails (neither).  Values that may be absent have a state beside their value: there, null, or
unreadable.  Texts are numbers to Z3; what matters of them is which are equal.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import z3
from hypothesis import strategies as st

VARS = {"n": "number", "word": "string", "flag": "bool"}
THERE, NULL, UNREADABLE = 0, 1, 2


class Said(NamedTuple):
    """A condition as text, and when it is true and when it is false."""

    text: str
    true: Any
    false: Any


class Thing(NamedTuple):
    """A variable: its Z3 value, its state (None: always there) and what of it Z3 must take for granted."""

    name: str
    value: Any
    state: Any
    given: tuple[Any, ...] = ()


def _thing(name: str, value: Any, *given: Any, absent: bool = False) -> Thing:
    state: Any = z3.Int(f"{name} state") if absent else None
    bounds = (z3.And(state >= THERE, state <= UNREADABLE),) if absent else ()
    return Thing(name, value, state, (*given, *bounds))


_time, _wait, _level = z3.Int("time"), z3.Int("wait"), z3.Int("level")
_position, _priority, _score = z3.Int("position"), z3.Int("priority"), z3.Int("score")
_load, _sure, _n = z3.Real("load"), z3.Real("sure"), z3.Real("n")

WHOLE = (
    _thing("visitor.level", _level, _level >= 0),
    _thing("queue.position", _position, _position >= 0, absent=True),
    _thing("priority", _priority),
    _thing("event.score", _score, _score >= 1, _score <= 5, absent=True),
)
SPANS = (
    _thing("time", _time, _time >= 0),
    _thing("queue.wait", _wait, _wait >= 0, absent=True),
)
SHARES = (
    _thing("load", _load, _load >= 0, _load <= 1, absent=True),
    _thing("ai.confidence", _sure, _sure >= 0, _sure <= 1),
)
NUMBERS = (_thing("vars.n", _n, absent=True),)
TRUTHS = (
    _thing("vip", z3.Bool("vip")),
    _thing("served", z3.Bool("served")),
    _thing("hours.open", z3.Bool("open")),
)
FLAG = _thing("vars.flag", z3.Bool("flag"), absent=True)
TEXTS = (_thing("menu", z3.Int("menu")), _thing("vars.word", z3.Int("word"), absent=True))
TAGGED, MATCHED = z3.Bool("tagged"), z3.Bool("matched")
GIVEN = [fact for thing in (*WHOLE, *SPANS, *SHARES, *NUMBERS, *TEXTS, FLAG) for fact in thing.given]

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


def _compared(thing: Thing, text: str, sign: str, holds: Any) -> Said:
    """What a comparison means when the variable may be null (equal to nothing else) or unreadable."""
    if thing.state is None:
        return Said(text, holds, z3.Not(holds))
    true, false = z3.And(thing.state == THERE, holds), z3.And(thing.state == THERE, z3.Not(holds))
    if sign == "!=":
        true = z3.Or(true, thing.state == NULL)
    if sign == "==":
        false = z3.Or(false, thing.state == NULL)
    return Said(text, true, false)


def _comparison(thing: Thing, sign: str, constant: str, value: Any) -> Said:
    return _compared(thing, f"{thing.name} {sign} {constant}", sign, _COMPARE[sign](thing.value, value))


def _null(thing: Thing, sign: str) -> Said:
    is_null, is_not = thing.state == NULL, thing.state == THERE
    text = f"{thing.name} {sign} null"
    return Said(text, is_null, is_not) if sign == "==" else Said(text, is_not, is_null)


_signs = st.sampled_from(list(_COMPARE))
_small = st.integers(-2, 4)


def _sums(thing: Thing, factor: int, more: int, sign: str, bound: int, unit: str) -> Said:
    """c*x + b against a constant, in one of the ways in which it can be written."""
    left = (
        f"{thing.name} * {factor} - {more}{unit}" if more >= 0 else f"{-more}{unit} + {factor} * {thing.name}"
    )
    value = thing.value * factor - more
    text = f"{left} {sign} {bound}{unit}" if bound >= 0 else f"{left} {sign} -{-bound}{unit}"
    if thing.state is None:
        holds = _COMPARE[sign](value, bound)
        return Said(text, holds, z3.Not(holds))
    # Null cannot be calculated with.
    holds = _COMPARE[sign](value, bound)
    there = thing.state == THERE
    return Said(text, z3.And(there, holds), z3.And(there, z3.Not(holds)))


_whole_things = st.builds(
    lambda thing, sign, bound: _comparison(thing, sign, str(bound) if bound >= 0 else f"-{-bound}", bound),
    st.sampled_from(WHOLE),
    _signs,
    _small,
)
_half = st.builds(
    lambda thing, sign, bound: _comparison(thing, sign, f"{bound}.5", z3.RealVal(bound) + z3.Q(1, 2)),
    st.sampled_from([WHOLE[0], WHOLE[2], *NUMBERS]),
    _signs,
    st.integers(0, 3),
)
_spans = st.builds(
    lambda thing, sign, bound: _comparison(thing, sign, f"{bound}ms", bound),
    st.sampled_from(SPANS),
    _signs,
    st.integers(0, 4),
)
_scaled = st.one_of(
    st.builds(_sums, st.sampled_from(WHOLE), st.integers(0, 3), _small, _signs, _small, st.just("")),
    st.builds(_sums, st.sampled_from(SPANS), st.integers(0, 3), _small, _signs, _small, st.just("ms")),
)
_shares = st.builds(
    lambda thing, sign, share: _comparison(thing, sign, f"{share}%", z3.Q(share, 100)),
    st.sampled_from(SHARES),
    _signs,
    st.sampled_from([0, 40, 85, 100, 130]),
)
_numbers = st.builds(
    lambda thing, sign, bound: _comparison(thing, sign, str(bound) if bound >= 0 else f"-{-bound}", bound),
    st.sampled_from(NUMBERS),
    _signs,
    _small,
)
_texts = st.builds(
    lambda thing, sign, text: _comparison(thing, sign, f"'{text}'", "abc".index(text)),
    st.sampled_from(TEXTS),
    st.sampled_from(["==", "!="]),
    st.sampled_from("abc"),
)
_lists = st.builds(
    lambda thing, known: _compared(
        thing,
        f"{thing.name} in [{', '.join(repr(each) for each in known)}]",
        "==",
        z3.Or([thing.value == "abc".index(each) for each in known]),
    ),
    st.sampled_from(TEXTS),
    st.lists(st.sampled_from("abc"), max_size=3),
)
_nulls = st.builds(
    _null,
    st.sampled_from([NUMBERS[0], TEXTS[1], SPANS[1]]),
    st.sampled_from(["==", "!="]),
)
_truths = st.sampled_from([Said(thing.name, thing.value, z3.Not(thing.value)) for thing in TRUTHS])
# In a condition null counts as false, as it does to `!`; unreadable fails.
_flags = st.just(
    Said(
        "vars.flag",
        z3.And(FLAG.state == THERE, FLAG.value),
        z3.Or(z3.And(FLAG.state == THERE, z3.Not(FLAG.value)), FLAG.state == NULL),
    )
)
_plain = st.sampled_from(
    [
        Said("true", z3.BoolVal(True), z3.BoolVal(False)),
        Said("1 > 2", z3.BoolVal(False), z3.BoolVal(True)),
        Said("1 / 0 == 1", z3.BoolVal(False), z3.BoolVal(False)),
    ]
)
FRAGMENT = st.one_of(
    _whole_things, _half, _spans, _scaled, _shares, _numbers, _texts, _lists, _nulls, _truths, _flags, _plain
)
"""Comparisons inside the fragment in which nothing is missed."""

_opaque = st.sampled_from(
    [
        Said("'VIP' in visitor.tags", TAGGED, z3.Not(TAGGED)),
        Said("matches(event.text, 'a+')", MATCHED, z3.Not(MATCHED)),
        Said("event.text.matches('a+')", MATCHED, z3.Not(MATCHED)),
    ]
)
_quotients = st.builds(
    lambda sign, by, bound: _comparison(
        Thing(f"visitor.level / {by}", _level / by, None), sign, str(bound), bound
    ),
    _signs,
    st.integers(1, 3),
    st.integers(0, 3),
)
_remainders = st.builds(
    lambda sign, by, bound: _comparison(
        Thing(f"visitor.level % {by}", _level % by, None), sign, str(bound), bound
    ),
    _signs,
    st.integers(1, 3),
    st.integers(0, 3),
)
BEYOND = st.one_of(FRAGMENT, _opaque, _quotients, _remainders)
"""Comparisons outside it, too."""


EXAMPLES = {
    said.text: said
    for said in (
        _comparison(WHOLE[0], ">", "2", 2),
        _comparison(SHARES[0], ">", "40%", z3.Q(40, 100)),
        _null(NUMBERS[0], "=="),
        _comparison(TEXTS[0], "==", "'b'", 1),
    )
}
"""One plain comparison of each kind."""


def conditions(leaf: st.SearchStrategy[Said]) -> st.SearchStrategy[Said]:
    """Return conditions over `leaf`, joined by everything that joins conditions."""
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            inner.map(lambda one: Said(f"!({one.text})", one.false, one.true)),
            st.tuples(inner, inner).map(lambda two: _both(*two)),
            st.tuples(inner, inner).map(lambda two: _either(*two)),
            st.tuples(inner, inner, inner).map(lambda three: _choice(*three)),
        ),
        max_leaves=6,
    )


def _both(one: Said, other: Said) -> Said:
    return Said(
        f"({one.text}) && ({other.text})", z3.And(one.true, other.true), z3.Or(one.false, other.false)
    )


def _either(one: Said, other: Said) -> Said:
    return Said(
        f"({one.text}) || ({other.text})", z3.Or(one.true, other.true), z3.And(one.false, other.false)
    )


def _choice(one: Said, yes: Said, no: Said) -> Said:
    return Said(
        f"({one.text}) ? ({yes.text}) : ({no.text})",
        z3.Or(z3.And(one.true, yes.true), z3.And(one.false, no.true)),
        z3.Or(z3.And(one.true, yes.false), z3.And(one.false, no.false)),
    )


def possible(conditions: list[Said], outcome: int, *given: Any) -> bool:
    """Whether Z3 finds a situation in which alternative number `outcome` is the first that holds."""
    solver = z3.Solver()
    solver.add(*GIVEN, *given)
    solver.add(*[z3.Not(each.true) for each in conditions[:outcome]])
    if outcome < len(conditions):
        solver.add(conditions[outcome].true)
    answer = solver.check()
    assert answer != z3.unknown
    return bool(answer == z3.sat)
