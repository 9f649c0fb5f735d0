"""One event works through a flow until nothing is left to do: SCXML's Appendix D over a turn.

Select for each innermost state the nearest transition whose guard holds, leave (inner first), run its actions, enter (outer
first); then take what is `always` true and what the flow told itself (done.*, error.guard), until quiet.  Guards are
total: one that fails is false and raises error.guard, once a macrostep.
"""

from msgspec.structs import replace

from appliance.flow.graph import Graph
from appliance.flow.plans import Candidates, Configuration, Plan
from appliance.flow.states import Node, Run, Transition
from appliance.flow.turn import FlowError, Turn
from appliance.model import Timer

MOST_MICROSTEPS = 100

Taken = tuple[Transition, ...]
"""The transitions of one microstep: one, or with parallel regions at most one for each."""


def dispatch(turn: Turn, event: str) -> bool:
    """Let the flow react to `event` and run to quiet; return whether any state listened to it."""
    configuration = turn.graph.configuration(turn.active)
    listening = configuration.listening(event)
    taken = select(turn, listening) if listening else ()
    if not taken:
        return False
    begin(turn, taken)
    return True


def begin(turn: Turn, taken: Taken) -> None:
    """Take these transitions, then whatever follows from them."""
    configuration = _take(turn, turn.graph.configuration(turn.active), taken)
    settle(turn, configuration)


def settle(turn: Turn, configuration: Configuration | None = None, steps: int = 1) -> None:
    """Take `always` transitions and internal events until none is left.

    Raises FlowError after 100 microsteps.
    """
    configuration = configuration or turn.graph.configuration(turn.active)
    while turn.ended is None:
        taken: Taken
        if turn.closing:
            if turn.graph.close is None:
                turn.ended = ""
                return
            taken = turn.graph.close.alone
            turn.closing = False
        else:
            taken = select(turn, configuration.always) if configuration.always else ()
            if not taken:
                if not turn.internal:
                    return
                turn.raised = turn.internal.pop(0)
                listening = configuration.listening(turn.raised)
                taken = select(turn, listening) if listening else ()
                if not taken:
                    continue
        steps += 1
        if steps > MOST_MICROSTEPS:
            raise FlowError(f"more than {MOST_MICROSTEPS} microsteps")
        configuration = _take(turn, configuration, taken)


def select(turn: Turn, listening: tuple[Candidates, ...]) -> Taken:
    """Return for each list of candidates the first whose guard holds, each transition once.

    `time` is counted from the entry of the state that a transition stands in.
    """
    found: Taken = ()
    for candidates in listening:
        for place, transition in candidates:
            test = transition.test
            if test is not None:
                turn.time = turn.now - turn.entered[place]
                try:
                    if not test(turn):
                        continue
                except Exception:
                    # Whatever went wrong in a guard, its answer is no; the flow may listen to error.guard.
                    _guard_failed(turn, transition)
                    continue
            # Regions share the states above them, and so the transitions of these.
            if not found:
                found = transition.alone
            elif transition not in found:
                found += transition.alone
            break
    return found


def bind_owner(turn: Turn, state: str) -> None:
    """Let the exit of `state` release an agent who has just accepted; one who is bound already stays so."""
    held = turn.held
    if held is not None and not held.state:
        turn.held = replace(held, state=state)


def _guard_failed(turn: Turn, transition: Transition) -> None:
    known = turn.failed_guards
    if known is None:
        known = turn.failed_guards = set()
    if transition not in known:
        known.add(transition)
        turn.internal.append("error.guard")


def _take(turn: Turn, configuration: Configuration, taken: Taken) -> Configuration:
    """One microstep; return the configuration after it."""
    if not taken[0].targets and not any(each.targets for each in taken):
        for each in taken:
            _run(turn, each.actions, each.here)
            if turn.held is not None and each.source is not None:
                bind_owner(turn, each.source.name)
        return configuration
    plan = configuration.plan(taken, turn.history)
    _leave(turn, plan)
    for each in plan.transitions:
        if each.actions:
            _run(turn, each.actions, each.here)
    turn.active = plan.active
    held = turn.held
    if held is not None and not held.state:
        bind_owner(turn, _led_to(turn.graph, plan, held.asked_by))
    now, entered = turn.now, turn.entered
    if plan.origin is None:
        turn.entered = entered[: plan.kept] + (now,) * len(plan.entries)
    else:
        turn.entered = tuple([now if place < 0 else entered[place] for place in plan.origin])
    for node, then in plan.entries:
        if node.after:
            _arm(turn, node)
        if node.entry:
            _run(turn, node.entry, node.name)
        if then:
            _run(turn, then, node.name)
        if node.final:
            _finish(turn, node, plan)
    return turn.graph.configuration(plan.active)


def _led_to(graph: Graph, plan: Plan, asked_by: str) -> str:
    """Return the outermost state entered: of several regions the one in which the agent was asked for."""
    if len(plan.led) > 1 and asked_by in graph.nodes:
        asking = graph.nodes[asked_by]
        for source, name in plan.led:
            if source is not None and (source is asking or source.within(asking) or asking.within(source)):
                return name
    return plan.led[0][1]


def _run(turn: Turn, actions: tuple[Run, ...], here: str) -> None:
    turn.here = here
    for action in actions:
        action(turn)


def _leave(turn: Turn, plan: Plan) -> None:
    if plan.remembered:
        turn.history = {**turn.history, **plan.remembered}
    for node in plan.exits:
        # What an exit action takes is bound outside the state that is being left, or it would be lost at once.
        _run(turn, node.exit, node.parent.name if node.parent else "")
    names = plan.exit_names
    if turn.timers:
        turn.timers = tuple([timer for timer in turn.timers if timer.state not in names])
    if turn.held is not None or turn.waiting is not None or turn.ai is not None:
        turn.leave(names)


def _arm(turn: Turn, node: Node) -> None:
    """Start the timers of a state.  They are kept in the order in which they fire: the first is the next."""
    now, armed, name = turn.now, turn.armed, node.name
    timers = [*turn.timers]
    for index, item in enumerate(node.after):
        armed += 1
        timers.append(Timer(now + item.delay, armed, name, index))
    turn.armed = armed
    timers.sort()
    turn.timers = tuple(timers)


def _finish(turn: Turn, node: Node, plan: Plan) -> None:
    """A final state was entered: its parent is done, and a parallel state above that when all its regions are."""
    parent = node.parent
    if parent is None:
        turn.ended = node.name
        return
    turn.internal.append(f"done.{parent.name}")
    around = parent.parent
    if around is not None and around.parallel:
        # States whose turn to be entered has not come yet do not count, or the regions would be done twice.
        coming = {entry.name for entry, _ in plan.entries if entry.order > node.order}
        here = frozenset(turn.active) - coming
        if all(_done(region, here) for region in around.children):
            turn.internal.append(f"done.{around.name}")


def _done(node: Node, active: frozenset[str]) -> bool:
    if node.parallel:
        return all(_done(child, active) for child in node.children)
    return any(child.final and child.name in active for child in node.children)
