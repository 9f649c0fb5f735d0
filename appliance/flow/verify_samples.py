"""Samples of what the outside may be: for each set of answers that the guards of a flow can give, one value that gives them.

`load > 85%` needs two loads, `'VIP' in visitor.tags` a visitor with the tag and one without.  Whatever no guard looks at
needs one sample only, and so costs nothing.
"""

import itertools
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from appliance.config.spec import Spec
from appliance.config.vocabulary import VARIABLE_NAMES
from appliance.flow.guard_types import DATA
from appliance.flow.verify_looks import Looks, Question
from appliance.model import Value, Visitor

_VISITOR = {"visitor.level": "level", "visitor.tags": "tags", "visitor.signed": "signed"}
_VISITOR |= {"visitor.channel": "channel", "visitor.lang": "lang", "visitor.page": "page"}
_EVENT = {"confidence": "ai.confidence", "text": "event.text", "score": "event.score"}
_EVENT |= {"agent": "event.agent", "reason": "event.reason"}
_MOST_PARTS = 4
_MOST_TOGETHER = 512
_NEAR = 0.001
_ORDINARY: dict[str, Value] = {
    "visitor.channel": "web",
    "visitor.lang": "zh",
    "event.agent": "agent",
    "ai.confidence": 1.0,
}
_ORDINARY |= {"agents.ready": 1, "hours.open": True, "ai.on": False, "event.score": 5}
# Texts that most patterns for contact data are about; one that fits none of them has to be left undecided.
_TYPICAL = (
    "1",
    "12345",
    "13800138000",
    "010-12345678",
    "a@b.example",
    "https://example.com/a",
    "A",
    "退款",
    "hello world",
)


class Samples:
    """One value for each set of answers, by name; `visitors` are whole people.

    `intricate` holds guards for which the samples may not show every set of answers.
    """

    def __init__(self, spec: Spec, looks: Looks, is_vip: Callable[[Visitor], bool]) -> None:
        self.intricate: list[str] = list(looks.intricate)
        self._looks = looks
        self._hard = {name for each in looks.questions if not each.about for name in each.names}
        self._items = spec.welcome.menu
        names = sorted({name for each in looks.questions for name in each.names} - {"vip"})
        self._values = {name: self._distinct(name) for name in names}
        self.visitors = self._visitors(is_vip)

    def of(self, name: str) -> tuple[Value, ...]:
        """Return the samples of `name`; one ordinary value when no guard looks at it."""
        found = self._values.get(name)
        return found if found is not None else (_ORDINARY.get(name, _usual(self._type(name))),)

    def data(self) -> tuple[dict[str, Value], ...]:
        """Return the samples of what comes with a custom event."""
        names = [name for name in self._values if name.startswith(DATA)]
        together = self._product([self._values[name] for name in names])
        return tuple(_nested(zip(names, values, strict=True)) for values in together)

    def _type(self, name: str) -> str:
        word = VARIABLE_NAMES.get(name)
        return word.type if word else self._looks.types.get(name, "any")

    def _distinct(self, name: str) -> tuple[Value, ...]:
        """Return one value for each set of answers to the questions about `name`."""
        about = [each for each in self._looks.questions if each.about == name]
        values = _candidates(name, self._type(name), about, self._items)
        found: dict[object, Value] = {}
        for value in values:
            answers = tuple(_answer(each, {name: value}) for each in about)
            # A name that also stands in a question of no simple form keeps all its values: more is shown that way.
            found.setdefault((answers, repr(value) if name in self._hard else ""), value)
        self._complete(about, [key[0] for key in found if isinstance(key, tuple)])
        return tuple(found.values())

    def _complete(self, about: list[Question], answers: list[Any]) -> None:
        """Note texts for which not all answers were found: what a pattern fits can only be tried."""
        loose = [place for place, each in enumerate(about) if each.how in ("text", "pattern", "size")]
        if not loose:
            return
        equal = [place for place, each in enumerate(about) if each.how == "order" and each.sign == "=="]
        free = {
            tuple(given[place] for place in loose)
            for given in answers
            if not any(given[place] is True for place in equal)
        }
        # The same question in two guards has the same answers everywhere and counts once.
        different = {tuple(given[place] for given in answers) for place in loose}
        if len(free) < 2 ** len(different):
            self.intricate.append(about[loose[-1]].source)

    def _product(self, parts: list[tuple[Value, ...]]) -> list[tuple[Value, ...]]:
        together = list(itertools.islice(itertools.product(*parts), _MOST_TOGETHER + 1))
        if len(together) > _MOST_TOGETHER:
            self.intricate.append("…")
        return together[:_MOST_TOGETHER]

    def _visitors(self, is_vip: Callable[[Visitor], bool]) -> tuple[Visitor, ...]:
        names = [name for name in _VISITOR if name in self._values]
        of_flow = [
            each
            for each in self._looks.questions
            if each.section != "vip" and each.names & {*_VISITOR} and each.about
        ]
        raw = {name for name in names if name in self._hard}
        found: dict[object, Visitor] = {}
        for values in self._product([self._values[name] for name in names]):
            given = dict(zip(names, values, strict=True))
            visitor = _visitor(given)
            vip = is_vip(visitor)
            answers = tuple(_answer(each, given) for each in of_flow)
            found.setdefault((vip, answers, tuple(repr(given[name]) for name in sorted(raw))), visitor)
        return tuple(found.values())


class _Sample:
    """Stands for a conversation when one question is put to one value."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = values
        self.menu = values.get("menu", "")
        self.tags = values.get("tags", ())
        self.visitor = _visitor(values)

    def fact(self, name: str) -> Value:
        return self._values.get(name)

    def event(self, name: str, default: Value) -> Value:
        if name == "data":
            return _nested((key, value) for key, value in self._values.items() if key.startswith(DATA))
        return self._values.get(_EVENT[name], default)


def _visitor(values: Mapping[str, Value]) -> Visitor:
    fields: dict[str, Any] = {_VISITOR[name]: value for name, value in values.items() if name in _VISITOR}
    return Visitor("visitor", **fields)


def _answer(question: Question, values: Mapping[str, Value]) -> object:
    try:
        return question.test(_Sample(values))
    except Exception:
        return "fails"


def _nested(pairs: Iterable[tuple[str, Value]]) -> dict[str, Value]:
    """Return event data: "event.data.a.b" becomes {"a": {"b": value}}; a value that is None is not there."""
    data: dict[str, Value] = {}
    for name, value in pairs:
        *path, last = name.removeprefix(DATA).split(".")
        here = data
        for part in path:
            inner = here.setdefault(part, {})
            here = inner if isinstance(inner, dict) else {}
        if value is not None:
            here[last] = value
    return data


def _usual(kind: str) -> Value:
    return {"bool": True, "string": "", "list": (), "percent": 0.0, "number": 0, "duration": 0}.get(kind)


def _candidates(name: str, kind: str, about: list[Question], items: tuple[str, ...]) -> list[Value]:
    """Return values among which every answer to the questions should occur, an ordinary one first."""
    if name == "event.score":
        return [5, 4, 3, 2, 1]
    if kind == "any":
        given = [value for each in about for value in each.values]
        numbers = any(isinstance(value, int | float) and not isinstance(value, bool) for value in given)
        found: list[Value] = [None, True, False]
        found += _numbers(name, about, whole=False) if numbers else []
        return found + (_texts(about) if any(isinstance(value, str) for value in given) else [])
    first = [_ORDINARY.get(name, _usual(kind))]
    match kind:
        case "bool":
            return [*first, True, False]
        case "percent":
            return [*first, *_numbers(name, about, whole=False)]
        case "number" | "duration":
            return [*first, *_numbers(name, about, whole=True)]
        case "list":
            return _lists(about)
        case _:
            return ["", *items, *_given(about)] if name == "menu" else [*first, *_texts(about)]


def _given(about: list[Question]) -> list[Value]:
    return list(
        dict.fromkeys(value for each in about for value in each.values if not isinstance(value, bool))
    )


def _numbers(name: str, about: list[Question], whole: bool) -> list[Value]:
    values = [value for value in _given(about) if isinstance(value, int | float)]
    if not whole:
        near = [value + by for value in values for by in (-_NEAR, 0, _NEAR)]
        share = VARIABLE_NAMES[name].type == "percent" if name in VARIABLE_NAMES else False
        return [round(min(max(value, 0), 1), 6) if share else value for value in near]
    found = {
        number
        for value in values
        for number in (math.ceil(value) - 1, math.floor(value), math.floor(value) + 1)
    }
    # Lengths, places and levels do not go below zero, and there are three tiers above the calm one.
    most = 3 if name == "tier" else math.inf
    return sorted(number for number in found if 0 <= number <= most)


def _texts(about: list[Question]) -> list[Value]:
    pieces = [str(value) for each in about if each.how != "size" for value in each.values][: 2 * _MOST_PARTS]
    sizes = [
        int(value) + by for each in about if each.how == "size" for value in each.values for by in (-1, 0, 1)
    ]
    found = [
        "…",
        *pieces,
        *(piece.lower() for piece in pieces),
        *(piece.upper() for piece in pieces),
        *_TYPICAL,
    ]
    found += (
        [f"{piece}…" for piece in pieces]
        + [f"…{piece}" for piece in pieces]
        + [f"…{piece}…" for piece in pieces]
    )
    found += [f"{one}{other}" for one, other in itertools.permutations(pieces, 2)]
    found += ["…".join(pieces), "", *(f"{piece}\x01" for piece in pieces)]
    return [*found, *("…" * size for size in sizes if 0 <= size <= 2_000)]


def _lists(about: list[Question]) -> list[Value]:
    members = list(
        dict.fromkeys(str(value) for each in about if each.how == "member" for value in each.values)
    )
    few = members[: 2 * _MOST_PARTS]
    return [tuple(chosen) for size in range(len(few) + 1) for chosen in itertools.combinations(few, size)]
