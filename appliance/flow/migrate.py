"""Moves an open conversation from the bundle it is pinned to over to another one, where it stands.

Nothing is left and nothing entered: no actions run, entry times stay, and a timer goes on when its state still has one of the
same length.  A timer that is new in a state is armed as if it had been there from the start, or nobody would come for the
conversation.  Innermost states are found again by name, or by what the operator says they are called now; a conversation
with one that has no counterpart stays where it is.
"""

from collections import Counter
from collections.abc import Mapping

from msgspec.structs import replace

from appliance.effects import Effect, HoldAgent, SetTimer, Step
from appliance.flow.graph import Graph
from appliance.flow.outcome import want_agent
from appliance.flow.states import After, Node
from appliance.inputs import Migrated
from appliance.model import Millis, Snapshot, Timer, Value
from appliance.records import Happened

Names = Mapping[str, str]


def unmapped(old: Graph, new: Graph, snapshot: Snapshot, states: Names) -> tuple[str, ...]:
    """Return the innermost states of the conversation that have no place in `new`; () when it can go over.

    `states` gives new names of states.  What runs without its flow has no state to lose.
    """
    if snapshot.parked:
        return ()
    leaves = old.leaves(snapshot.active)
    strange = tuple(leaf for leaf in leaves if not _is_place(new, states.get(leaf, leaf)))
    return strange or (() if _is_whole(_around(new, leaves, states)) else leaves)


def migrated(old: Graph, new: Graph, snapshot: Snapshot, source: Migrated, now: Millis) -> Step:
    """Return the step that pins the conversation to `new`; one without records when it cannot go over, or is there."""
    stays = snapshot.bundle == source.bundle or not snapshot.open
    if stays or unmapped(old, new, snapshot, source.states):
        return Step(snapshot, (), (), False)
    after = _moved(old, new, snapshot, source, now)
    effects: list[Effect] = []
    due = after.timers[0].due if after.timers else None
    if due != (snapshot.timers[0].due if snapshot.timers else None):
        effects.append(SetTimer(due))
    if after.held is not None and after.held != snapshot.held:
        effects.append(HoldAgent(after.held.agent, after.held.queue))
    want = want_agent(new, after)
    if want is not None:
        # Who is a VIP may be defined anew, even where nothing else has changed.
        effects.append(want)
    to = None if after.active == snapshot.active else after.active
    return Step(after, (Happened(source, {}, to),), tuple(effects))


def _is_place(new: Graph, name: str) -> bool:
    node = new.nodes.get(name)
    return node is not None and not (node.children or node.history or (node.final and node.parent is None))


def _around(new: Graph, leaves: tuple[str, ...], states: Names) -> list[Node]:
    """Return the states of `new` that are active when these innermost ones are, in document order."""
    nodes = {node for leaf in leaves for node in new.nodes[states.get(leaf, leaf)].path()}
    return sorted(nodes, key=lambda node: node.order)


def _is_whole(nodes: list[Node]) -> bool:
    """Whether these states can be active together: every region has one state, and no region is missing."""
    active = set(nodes)
    for node in nodes:
        if node.children:
            inside = sum(child in active for child in node.children)
            if inside != (len(node.children) if node.parallel else 1):
                return False
    return sum(node.parent is None for node in nodes) == 1


def _moved(old: Graph, new: Graph, before: Snapshot, source: Migrated, now: Millis) -> Snapshot:
    moving = before
    if before.waiting is not None:
        queue = source.queues.get(before.waiting.queue, before.waiting.queue)
        moving = replace(moving, waiting=replace(before.waiting, queue=queue))
    if before.held is not None:
        queue = source.queues.get(before.held.queue, before.held.queue)
        moving = replace(moving, held=replace(before.held, queue=queue))
    moving = replace(moving, bundle=source.bundle, vars=_variables(new, before.vars), last_at=now)
    return moving if before.parked else _Placed(old, new, before, source.states).place(moving, now)


def _variables(new: Graph, values: Mapping[str, Value]) -> dict[str, Value]:
    """Return the variables of `new`: the values that they have, where they are of the type that is declared now."""
    return {
        name: values[name] if name in values and _alike(values[name], first) else first
        for name, first in new.vars.items()
    }


def _alike(value: Value, first: Value) -> bool:
    numbers = (int, float)
    return type(value) is type(first) or (type(value) in numbers and type(first) in numbers)


class _Placed:
    """Where everything that is bound to a state of the old flow stands in the new one."""

    def __init__(self, old: Graph, new: Graph, before: Snapshot, states: Names) -> None:
        self._old = old
        self._new = new
        self._before = before
        self._states = states
        leaves = old.leaves(before.active)
        self._nodes = _around(new, leaves, states)
        self._active = tuple(node.name for node in self._nodes)
        self._leaves = {leaf: states.get(leaf, leaf) for leaf in leaves}
        entered = dict(zip(before.active, before.entered, strict=True))
        self._former = {
            name: each for each in before.active if (name := states.get(each, each)) in self._active
        }
        self._entered = {
            node.name: entered[self._former[node.name]]
            if node.name in self._former
            # A state that was put around others is entered when they were.
            else min(entered[leaf] for leaf, name in self._leaves.items() if new.nodes[name].within(node))
            for node in self._nodes
        }

    def place(self, moving: Snapshot, now: Millis) -> Snapshot:
        """Return the conversation with its states, and all that is bound to them, in the new flow."""
        timers, armed = self._timers(now)
        waiting, held, ai = moving.waiting, moving.held, moving.ai
        if waiting is not None:
            asked_by = self._called(waiting.asked_by)
            waiting = replace(waiting, entered_by=self._bound(waiting.entered_by), asked_by=asked_by)
        if held is not None:
            held = replace(held, state=self._bound(held.state), asked_by=self._called(held.asked_by))
        if ai is not None:
            ai = replace(ai, state=self._bound(ai.state))
        return replace(
            moving,
            active=self._active,
            entered=tuple(self._entered[name] for name in self._active),
            timers=timers,
            armed=armed,
            waiting=waiting,
            held=held,
            ai=ai,
            history=self._history(),
        )

    def _called(self, name: str) -> str:
        return self._states.get(name, name)

    def _bound(self, name: str) -> str:
        """Return the active state whose exit ends what was bound to `name`: its own, else the one that stands in for it."""
        called = self._called(name)
        if not name or called in self._active:
            return called
        state = self._old.nodes.get(name)
        for leaf, now in self._leaves.items():
            if state is not None and leaf in self._old.nodes and self._old.nodes[leaf].within(state):
                return now
        return next(iter(self._leaves.values()))

    def _timers(self, now: Millis) -> tuple[tuple[Timer, ...], int]:
        armed = self._before.armed
        kept: list[Timer] = []
        for node in self._nodes:
            name = node.name
            former = self._old.nodes.get(self._former.get(name, ""))
            items = _numbered(former.after) if former else {}
            wanted = _numbered(node.after)
            for timer in self._before.timers:
                if former is not None and timer.state == former.name:
                    index = wanted.get(_key_at(items, timer.index))
                    if index is not None:
                        kept.append(Timer(timer.due, timer.order, name, index))
            for (delay, number), index in wanted.items():
                if (delay, number) not in items:
                    armed += 1
                    kept.append(Timer(max(now, self._entered[name] + delay), armed, name, index))
        return tuple(sorted(kept)), armed

    def _history(self) -> dict[str, tuple[str, ...]]:
        nodes = self._new.nodes
        found: dict[str, tuple[str, ...]] = {}
        for name, states in self._before.history.items():
            history = nodes.get(self._called(name))
            kept = tuple(self._called(state) for state in states)
            if history is None or not history.history or not kept:
                continue
            if all(state in nodes and nodes[state].within(history.parent) for state in kept):
                found[history.name] = kept
        return found


_Key = tuple[Millis, int]
"""How timers of a state are told apart whatever their order: by their length, and those of one length by number."""


def _numbered(items: tuple[After, ...]) -> dict[_Key, int]:
    counted: Counter[Millis] = Counter()
    found: dict[_Key, int] = {}
    for index, item in enumerate(items):
        found[item.delay, counted[item.delay]] = index
        counted[item.delay] += 1
    return found


def _key_at(items: dict[_Key, int], index: int) -> _Key:
    return next((key for key, place in items.items() if place == index), (-1, 0))
