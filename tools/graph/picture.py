"""What is to be drawn of a flow: boxes within boxes and the arrows between them, before any format is chosen.

Every state is one box, every transition one label: on an arrow when it leads somewhere, a line inside the box when it only
acts.  Transitions between the same two states that are of one kind share an arrow.  Ids follow the order of the document,
so a new name changes one label and nothing else.
"""

from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import Struct

from appliance.config.scalars import spoken
from appliance.config.spec import Flow, Spec, State, Transition
from appliance.errors import Language, Text
from appliance.flow.bundle import bundle_id, bundle_of, source_of
from appliance.flow.wording import CLOCK, action_words, asks_for_vip, condition, event_word

Kind = Literal["visitor", "agent", "time", "always", "other"]
"""Who or what sets a transition off: it decides the colour of the arrow."""

KINDS: tuple[tuple[Kind, Text], ...] = (
    ("visitor", Text("访客", "visitor")),
    ("agent", Text("客服", "agent")),
    ("time", Text(f"{CLOCK} 时间到", f"{CLOCK} time")),
    ("always", Text("自动（立即）", "at once")),
    ("other", Text("其他事件", "other events")),
)


class Label(Struct, frozen=True):
    """What is said of one transition: what sets it off, when, and what is done.  Any part may be ""."""

    trigger: str = ""
    guard: str = ""
    actions: str = ""

    def text(self) -> str:
        """Return the whole in one line, as state charts write it: trigger [guard] / actions."""
        guard = f"[{self.guard}]" if self.guard else ""
        actions = f"/ {self.actions}" if self.actions else ""
        return " ".join(part for part in (self.trigger, guard, actions) if part)


class Line(Struct, frozen=True):
    """A line inside a box: an entry or exit action, or a transition that leaves no state."""

    kind: Kind
    label: Label


class Box(Struct, frozen=True):
    """A state.  `initial` is the id of the box that is entered first, "" where there is none or all are."""

    id: str
    name: str
    lines: tuple[Line, ...] = ()
    boxes: tuple["Box", ...] = ()
    initial: str = ""
    final: bool = False
    parallel: bool = False
    history: str = ""


class Arrow(Struct, frozen=True):
    """A way from one box to another with everything that sets it off.  `vip`: only VIPs go it."""

    source: str
    target: str
    kind: Kind
    labels: tuple[Label, ...]
    vip: bool = False


class Picture(Struct, frozen=True):
    """All that is drawn.  `initial` is the box in which a conversation begins, `on_error` where a failing one goes or ""."""

    title: str
    bundle: str
    language: Language
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    initial: str
    on_error: str = ""

    def every(self) -> Iterator[Box]:
        """Yield all boxes in the order of the document."""
        yield from _every(self.boxes)


def picture_of(spec: Spec, language: Language) -> Picture:
    """Return the picture of the flow that conversations run."""
    bundle = bundle_id(source_of(bundle_of(spec)))
    return _Drawing(spec.main, language).picture(spec.site.name, bundle)


class _Drawing:
    def __init__(self, flow: Flow, language: Language) -> None:
        self._flow = flow
        self._language: Language = language
        self._ids = {state.name: f"s{number}" for number, state in enumerate(_states(flow.states), 1)}
        self._arrows: dict[tuple[str, str, Kind, bool], list[Label]] = {}

    def picture(self, title: str, bundle: str) -> Picture:
        boxes = tuple(self._box(state) for state in self._flow.states)
        arrows = tuple(
            Arrow(source, target, kind, tuple(labels), vip)
            for (source, target, kind, vip), labels in self._arrows.items()
        )
        ids = self._ids
        flow = self._flow
        return Picture(
            title, bundle, self._language, boxes, arrows, ids[flow.initial], ids.get(flow.on_error, "")
        )

    def _box(self, state: State) -> Box:
        lines = [*self._at("entry", state), *self._at("exit", state)]
        # The same order in which the step asks: what is true at once, what happens, what time brings.
        lines += self._ways(state, "always", "", state.always)
        for handler in state.on:
            trigger = event_word(handler.event, self._language)
            lines += self._ways(state, kind_of(handler.event), trigger, handler.transitions)
        for item in state.after:
            lines += self._ways(state, "time", f"{CLOCK} {spoken(item.delay)}", item.transitions)
        if state.history and state.initial:
            self._arrows.setdefault((self._ids[state.name], self._ids[state.initial], "always", False), [])
        return Box(
            self._ids[state.name],
            state.name,
            tuple(lines),
            tuple(self._box(child) for child in state.states),
            "" if state.history else self._ids.get(state.initial, ""),
            state.final,
            state.parallel,
            {"shallow": "H", "deep": "H*"}.get(state.history, ""),
        )

    def _at(self, when: Literal["entry", "exit"], state: State) -> list[Line]:
        said = action_words(state.entry if when == "entry" else state.exit, self._language)
        word = Text("进入", "entry") if when == "entry" else Text("离开", "exit")
        return [Line("other", Label(word.say(self._language), "", said))] if said else []

    def _ways(self, state: State, kind: Kind, trigger: str, ways: Sequence[Transition]) -> list[Line]:
        """Add the arrows of these alternatives; return the lines for those that lead nowhere."""
        lines: list[Line] = []
        for number, way in enumerate(ways):
            said = action_words(way.actions, self._language)
            label = Label(trigger, condition(ways, number, self._language), said)
            if way.to is None:
                lines.append(Line(kind, label))
            else:
                key = (self._ids[state.name], self._ids[way.to], kind, asks_for_vip(way))
                self._arrows.setdefault(key, []).append(label)
        return lines


def kind_of(event: str) -> Kind:
    """Return who sets off a canonical event."""
    if event.startswith("visitor."):
        return "visitor"
    return "agent" if event.startswith("agent.") else "other"


def _states(states: Sequence[State]) -> Iterator[State]:
    for state in states:
        yield state
        yield from _states(state.states)


def _every(boxes: Sequence[Box]) -> Iterator[Box]:
    for box in boxes:
        yield box
        yield from _every(box.boxes)
