"""From the tree to flows: states, transitions and actions, every built-in word in its canonical form.

References between them (targets, queues, messages) are judged in `references`, when all names are known.
"""

import itertools
from typing import Any, Literal

from appliance.config import scalars
from appliance.config.decode_guarantees import guarantees
from appliance.config.diagnostics import NOWHERE, Span, did_you_mean, quoted
from appliance.config.nodes import Entry, Mapping, Node, Scalar, Sequence
from appliance.config.reading import Reader, entries, value
from appliance.config.shape_messages import wrong_kind, wrong_type
from appliance.config.spec import Action, After, Flow, Handler, State, Transition
from appliance.config.vocabulary import ACTION_NAMES, ActionWord, canonical_event
from appliance.errors import Text


def flows(read: Reader, node: Node | None) -> dict[str, Flow]:
    """Return the flows by name."""
    return {entry.key: _Decoder(read).flow(entry) for entry in entries(node)}


class _Decoder:
    """Decodes one flow."""

    def __init__(self, read: Reader) -> None:
        self._read = read

    def flow(self, entry: Entry) -> Flow:
        path = f"$.flows.{entry.key}"
        node = entry.value
        found = {part.key: part.value for part in entries(node)}
        return Flow(
            name=entry.key,
            initial=self._read.text(found.get("initial")),
            states=self._states(found.get("states"), f"{path}.states"),
            on_error=self._read.text(found.get("on_error")),
            vars={part.key: value(part.value) for part in entries(found.get("vars"))},
            guarantees=guarantees(self._read, found.get("guarantee"), f"{path}.guarantee"),
            at=entry.key_at,
        )

    def _states(self, node: Node | None, path: str) -> tuple[State, ...]:
        return tuple(self._state(entry, f"{path}.{entry.key}") for entry in entries(node))

    def _state(self, entry: Entry, path: str) -> State:
        found = {part.key: part.value for part in entries(entry.value)}
        return State(
            name=entry.key,
            initial=self._read.text(found.get("initial")),
            states=self._states(found.get("states"), f"{path}.states"),
            on=self._handlers(found.get("on"), f"{path}.on"),
            after=self._timers(found.get("after"), f"{path}.after"),
            always=self._transitions(found.get("always"), f"{path}.always"),
            entry=self._actions(found.get("entry"), f"{path}.entry"),
            exit=self._actions(found.get("exit"), f"{path}.exit"),
            final=self._read.flag(found.get("final")),
            parallel=self._read.flag(found.get("parallel")),
            history=_way_back(self._read.text(found.get("history"))),
            at=entry.key_at,
        )

    def _handlers(self, node: Node | None, path: str) -> tuple[Handler, ...]:
        found: dict[str, Handler] = {}
        for entry in entries(node):
            event = canonical_event(entry.key)
            if event is None:
                continue  # The schema check has named it.
            if event in found:
                name, line = quoted(entry.key), found[event].at.line
                message = Text(
                    f"{name.zh}和第 {line} 行是同一个事件",
                    f"{name.en} is the same event as the one on line {line}",
                )
                hint = Text("合成一个列表", "join both into one list")
                self._read.found.error("K106", f"{path}.{entry.key}", entry.key_at, message, hint)
                continue
            transitions = self._transitions(entry.value, f"{path}.{entry.key}")
            found[event] = Handler(event, transitions, entry.key_at)
        return tuple(found.values())

    def _timers(self, node: Node | None, path: str) -> tuple[After, ...]:
        found: dict[int, After] = {}
        for entry in entries(node):
            here = f"{path}.{entry.key}"
            delay = scalars.duration(entry.key)
            transitions = self._transitions(entry.value, here)
            if delay is None:
                number = entry.key.isdecimal()
                verdict = wrong_type([], 0, "duration") if number else wrong_kind("duration", entry.key)
                code, message, hint = verdict
                if number:
                    name = quoted(entry.key)
                    message = Text(f"{name.zh}没有单位", f"{name.en} has no unit")
                self._read.found.error(code, here, entry.key_at, message, hint)
            elif delay in found:
                line = found[delay].at.line
                message = Text(f"和第 {line} 行是同一个时长", f"this is the same time as on line {line}")
                hint = Text("合成一个列表", "join both into one list")
                self._read.found.error("K106", here, entry.key_at, message, hint)
            else:
                found[delay] = After(delay, transitions, entry.key_at)
        return tuple(found.values())

    def _transitions(self, node: Node | None, path: str) -> tuple[Transition, ...]:
        if isinstance(node, Sequence):
            found = tuple(
                self._transition(item, f"{path}[{number}]") for number, item in enumerate(node.items)
            )
        else:
            found = (self._transition(node, path),) if isinstance(node, Mapping) else ()
        for number, (before, later) in enumerate(itertools.pairwise(found), 1):
            if before.when is None:
                message = Text(
                    "上一项没有条件，轮不到这一项",
                    "the alternative before has no when: this is never reached",
                )
                hint = Text(
                    "给上一项加 when，或调换次序", "give the one before a when, or change their order"
                )
                self._read.found.error("K310", f"{path}[{number}]", later.at, message, hint)
        return found

    def _transition(self, node: Node, path: str) -> Transition:
        found = {part.key: part for part in entries(node)}

        def part(name: str) -> Node | None:
            return found[name].value if name in found else None

        target = part("to")
        first = next(iter(found.values()), None)
        at = _across(first) if first else node.at
        return Transition(
            to=self._read.text(target) if isinstance(target, Scalar) else None,
            when=self._read.guard(part("when"), f"{path}.when"),
            actions=self._actions(part("action"), f"{path}.action"),
            reenter=self._read.flag(part("reenter")),
            at=at,
            to_at=target.at if target is not None else NOWHERE,
        )

    def _actions(self, node: Node | None, path: str) -> tuple[Action, ...]:
        if node is None:
            return ()
        items = node.items if isinstance(node, Sequence) else (node,)
        found = [self._action(item, f"{path}[{number}]") for number, item in enumerate(items)]
        return tuple(action for action in found if action is not None)

    def _action(self, node: Node, path: str) -> Action | None:
        if isinstance(node, Mapping):
            if len(node.entries) != 1:
                return None
            entry = node.entries[0]
            word = self._known(entry.key, path, entry.key_at)
            return self._with_arguments(word, entry, path) if word else None
        name = self._read.text(node)
        word = self._known(name, path, node.at) if name else None
        if word is None:
            return None
        needed = [parameter.name for parameter in word.parameters if parameter.required]
        if needed or word.free:
            message = Text(f"动作 {word.name} 要有参数", f"the action {word.name} needs an argument")
            hint = Text(f"写成 {{{name}: …}}", f"write {{{name}: ...}}")
            self._read.found.error("K318", path, node.at, message, hint)
            return None
        return Action(word.name, {}, node.at)

    def _known(self, name: str, path: str, at: Span) -> ActionWord | None:
        word = ACTION_NAMES.get(name)
        if word is None:
            if not self._read.found.covers(at):
                shown = quoted(name)
                message = Text(f"没有{shown.zh}这个动作", f"there is no action {shown.en}")
                self._read.found.error("K303", path, at, message, did_you_mean(name, list(ACTION_NAMES)))
            return None
        if word.later:
            message = Text(
                f"这个版本还没有动作 {word.name}", f"this version does not have the action {word.name} yet"
            )
            hint = Text("删掉它，以后的版本再写", "leave it out until a later version")
            self._read.found.error("K210", path, at, message, hint)
        return word

    def _with_arguments(self, word: ActionWord, entry: Entry, path: str) -> Action:
        args: dict[str, Any]
        if isinstance(entry.value, Mapping):
            args = {part.key: value(part.value) for part in entry.value.entries}
        else:
            plain_value = value(entry.value)
            args = {} if plain_value is None or not word.main else {word.main: plain_value}
        for parameter in word.parameters:
            if parameter.choices and parameter.name in args:
                args[parameter.name] = _canonical_choice(args[parameter.name])
        at = entry.value.at if isinstance(entry.value, Scalar) and args else _across(entry)
        return Action(word.name, args, at)


def _way_back(chosen: str) -> Literal["", "shallow", "deep"]:
    """Return how a history state remembers; the schema check has spoken of any other word."""
    return "shallow" if chosen == "shallow" else "deep" if chosen == "deep" else ""


def _across(entry: Entry) -> Span:
    """Return the span of a key with its value."""
    return Span(entry.key_at.line, entry.key_at.column, entry.value.at.end_line, entry.value.at.end_column)


def _canonical_choice(chosen: Any) -> Any:
    """Return the English name of a choice: 客服 is agent."""
    return "agent" if chosen == "客服" else chosen


def each_transition(state: State) -> list[tuple[str, Transition]]:
    """Return all transitions of a state with what leads to them, children not included."""
    found = [(handler.event, transition) for handler in state.on for transition in handler.transitions]
    found += [("after", transition) for timer in state.after for transition in timer.transitions]
    return found + [("always", transition) for transition in state.always]
