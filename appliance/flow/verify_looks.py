"""What the guards of a flow can tell apart: the moments at which one changes its value, and samples of everything else.

A guard is taken to pieces down to single questions (`time > 10s`, `load > 85%`, `'VIP' in visitor.tags`).  Of a clock only
the moments count at which an answer changes; of any other value from outside, one sample for each set of answers
(verify_samples.py).  A question that compares two things which both may vary is beyond that: it is noted in
`intricate`, and then the exploration can find a breach but cannot prove that there is none.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec import Struct

from appliance.config.decode_flows import each_transition
from appliance.config.references import actions_of, walk
from appliance.config.spec import Spec
from appliance.flow.guard_code import function_of
from appliance.flow.guard_parse import Binary, Call, Choice, ListOf, Literal, Name, Node, Unary, parse
from appliance.flow.guard_rules import type_of_value
from appliance.flow.guard_tokens import GuardSyntaxError
from appliance.flow.guard_types import DATA, VARS, Checker

CLOCKS = frozenset(("time", "session.time", "queue.wait"))
QUEUE_NAME = "queue.name"
SETTLED = frozenset(("served", "priority", "transfers", QUEUE_NAME))
"""What follows from the conversation's own state: it is known at every moment, no sample is needed."""
_ORDER = ("<", "<=", ">", ">=", "==", "!=")
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_UNNAMED = "…"
_IN_TEXT = ("contains", "startsWith", "endsWith", "matches")


class Question(Struct, frozen=True):
    """A piece of a guard that is true or false by itself.

    `names` are what it reads that varies; `about` is that name, and `values` what it is compared with, when the question is
    of a form that samples can be made for.  `how` says by what: "order", "text", "pattern", "size", "member".
    """

    source: str
    names: frozenset[str]
    test: Callable[[Any], Any]
    about: str = ""
    how: str = ""
    sign: str = ""
    values: tuple[Any, ...] = ()
    section: str = "flows"


class Looks(Struct):
    """What a bundle's guards look at.

    `cuts` holds by (state, trigger) after which readings of the state's clock an answer changes; a trigger is an event,
    "after" or "always".  `session` and `queue` are the same for those two clocks.  `names` is all that is read.  `queues`
    are those that guards tell from the rest by name; None: they tell all apart.
    """

    questions: list[Question] = []
    cuts: dict[tuple[str, str], set[int]] = {}
    session: set[int] = set()
    queue: set[int] = set()
    queues: set[str] | None = set()
    names: set[str] = set()
    types: dict[str, str] = {}
    intricate: list[str] = []

    def queue_class(self, queue: str) -> str:
        """Return what stands for `queue`: itself when some guard names it, one name for all that none does."""
        return queue if not queue or self.queues is None or queue in self.queues else _UNNAMED


def looks_of(spec: Spec) -> Looks:
    """Return what the guards of the main flow of `spec`, and what they depend on, look at."""
    return _Reader(spec).looks


class _Reader:
    def __init__(self, spec: Spec) -> None:
        self.looks = Looks()
        flow = spec.main
        self._variables = {name: type_of_value(value) for name, value in flow.vars.items()}
        for state in walk(flow.states):
            for trigger, transition in each_transition(state):
                if transition.when is not None:
                    self._guard(transition.when.source, "flows", state.name, trigger)
        self._follow_variables(spec)
        if "vip" in self.looks.names and spec.vip is not None:
            self._guard(spec.vip.source, "vip")
        if QUEUE_NAME in self.looks.names:
            for queue in spec.queues:
                if queue.when is not None:
                    self._guard(queue.when.source, "queues")

    def _follow_variables(self, spec: Spec) -> None:
        """Values that a variable is set to count when a guard reads it, or another variable that a guard reads."""
        computed = {
            (name, value[1:])
            for state in walk(spec.main.states)
            for action in actions_of(state)
            if action.name == "set"
            for name, value in action.args.items()
            if isinstance(value, str) and value.startswith("=")
        }
        grown = True
        while grown:
            live = {(name, source) for name, source in computed if VARS + name in self.looks.names}
            computed -= live
            for _, source in sorted(live):
                tree, checker = self._tree(source, "flows")
                varying = _varying(tree)
                if any(self.looks.types.get(name) != "bool" for name in varying):
                    self.looks.intricate.append(source)
                self.looks.names |= checker.names
                if QUEUE_NAME in checker.names:
                    self.looks.queues = None
            grown = bool(live)

    def _tree(self, source: str, section: str) -> tuple[Node, Checker]:
        checker = Checker(section, self._variables)
        try:
            tree = parse(source)
        except GuardSyntaxError:
            return Literal(0, 0, "bool", value=False), checker
        checker.check(tree)
        for node in _nodes(tree):
            if isinstance(node, Name):
                self.looks.types.setdefault(node.name, node.type)
        return tree, checker

    def _guard(self, source: str, section: str, state: str = "", trigger: str = "") -> None:
        tree, checker = self._tree(source, section)
        self.looks.names |= checker.names
        for node in _questions(tree):
            question = _question(source, node, checker, section)
            self._tell_queues_apart(node)
            clocks = question.names & CLOCKS
            if not question.names:
                continue
            if not question.about or (clocks and question.how != "order"):
                self.looks.intricate.append(source)
                self.looks.questions.append(question)
            elif clocks:
                self._cut(question, state, trigger)
            else:
                self.looks.questions.append(question)

    def _tell_queues_apart(self, node: Node) -> None:
        if self.looks.queues is None or not any(_is_queue(each) for each in _nodes(node)):
            return
        about, how, _, values = _form(node)
        if (about, how) == (QUEUE_NAME, "order"):
            self.looks.queues |= {str(value) for value in values}
        else:
            self.looks.queues = None

    def _cut(self, question: Question, state: str, trigger: str) -> None:
        if question.about == "time":
            cuts = self.looks.cuts.setdefault((state, trigger), set())
        else:
            cuts = self.looks.session if question.about == "session.time" else self.looks.queue
        for value in question.values:
            cuts |= _changes(question.sign, value)


def _is_queue(node: Node) -> bool:
    return isinstance(node, Name) and node.name == QUEUE_NAME


def _changes(sign: str, value: float) -> set[int]:
    """Return the readings after which `clock SIGN value` changes its answer."""
    below, upto = math.ceil(value) - 1, math.floor(value)
    found = {">": {upto}, "<=": {upto}, ">=": {below}, "<": {below}}.get(sign, {below, upto})
    return {cut for cut in found if cut >= 0}


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for below in _below(node):
        yield from _nodes(below)


def _below(node: Node) -> Iterable[Node]:
    match node:
        case Unary():
            return (node.of,)
        case Binary():
            return (node.left, node.right)
        case Choice():
            return (node.condition, node.yes, node.no)
        case Call():
            return node.arguments
        case ListOf():
            return node.items
        case _:
            return ()


def _questions(node: Node) -> Iterator[Node]:
    """Yield the pieces that are true or false by themselves."""
    if isinstance(node, Unary) and node.sign == "!":
        yield from _questions(node.of)
    elif isinstance(node, Binary) and node.sign in ("&&", "||"):
        yield from _questions(node.left)
        yield from _questions(node.right)
    elif isinstance(node, Choice) and node.type == "bool":
        for part in (node.condition, node.yes, node.no):
            yield from _questions(part)
    else:
        yield node


def _varying(node: Node) -> frozenset[str]:
    """Return the names in `node` whose value the conversation's own state does not settle."""
    names = {each.name for each in _nodes(node) if isinstance(each, Name)}
    return frozenset(name for name in names if name not in SETTLED and not name.startswith(VARS))


def _question(source: str, node: Node, checker: Checker, section: str) -> Question:
    test = function_of(node, checker.patterns, truth=node.type in ("bool", "any"))
    names = _varying(node)
    about, how, sign, values = _form(node)
    if about and {about} != names:
        about, how, sign, values = "", "", "", ()
    return Question(source, names, test, about, how, sign, values, section)


def _form(node: Node) -> tuple[str, str, str, tuple[Any, ...]]:
    """Return (name, how, sign, values) of a question in a form that samples can be made for, else ("", ...)."""
    nothing = ("", "", "", ())
    if isinstance(node, Name):
        return node.name, "order", "==", (True,)
    if isinstance(node, Call) and node.name in _IN_TEXT:
        name, value = _text_name(node.arguments[0]), _constant(node.arguments[1])
        how = "pattern" if node.name == "matches" else "text"
        return (name, how, node.name, value) if name and value else nothing
    if not isinstance(node, Binary):
        return nothing
    if node.sign == "in":
        item, among = _constant(node.left), _constant(node.right)
        if isinstance(node.left, Name) and among and not node.left.name.startswith(DATA):
            return node.left.name, "order", "==", tuple(among[0])
        return (node.right.name, "member", "in", item) if isinstance(node.right, Name) and item else nothing
    if node.sign not in _ORDER:
        return nothing
    for side, other, sign in (
        (node.left, node.right, node.sign),
        (node.right, node.left, _TURNED.get(node.sign, node.sign)),
    ):
        value = _constant(other)
        if value and isinstance(side, Name) and not isinstance(value[0], list | tuple):
            return side.name, "order", sign, value
        if value and isinstance(side, Call) and side.name == "size" and isinstance(side.arguments[0], Name):
            return side.arguments[0].name, "size", sign, value
        if value and (name := _text_name(side)):
            return name, "text", sign, value
    return nothing


def _text_name(node: Node) -> str:
    """Return the name in `x` or `lower(x)`, "" for anything else."""
    if isinstance(node, Call) and node.name == "lower":
        node = node.arguments[0]
    return node.name if isinstance(node, Name) else ""


def _constant(node: Node) -> tuple[Any, ...]:
    """Return (value,) of an expression without names, () for one with any or that cannot be worked out."""
    if any(isinstance(each, Name) for each in _nodes(node)):
        return ()
    try:
        return (function_of(node, {}, truth=False)(None),)
    except Exception:
        return ()
