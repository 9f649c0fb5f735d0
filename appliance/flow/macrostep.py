"""One event works through a flow until nothing is left to do: SCXML's Appendix D over a turn.

Select the innermost transition whose guard holds, leave (inner first), run its actions, enter (outer first); then take
what is `always` true and what the flow told itself (done.*, error.guard), until quiet.  Guards are total: one that
fails is false and raises error.guard, once a macrostep.
"""

from msgspec.structs import replace

from appliance.flow.graph import Configuration, Node, Plan, Run, Transition
from appliance.flow.turn import FlowError, Turn
from appliance.model import Timer

MOST_MICROSTEPS = 100


def dispatch(turn: Turn, event: str) -> bool:
    """Let the flow react to `event` and run to quiet; return whether any state listened to it."""
    configuration = turn.graph.configuration(turn.active)
    listening = configuration.listening(event)
    transition = select(turn, listening) if listening else None
    if transition is None:
        return False
    begin(turn, transition)
    return True


def begin(turn: Turn, transition: Transition) -> None:
    """Take `transition`, then whatever follows from it."""
    configuration = _take(turn, turn.graph.configuration(turn.active), transition)
    settle(turn, configuration)


def settle(turn: Turn, configuration: Configuration | None = None, steps: int = 1) -> None:
    """Take `always` transitions and internal events until none is left.

    Raises FlowError after 100 microsteps.
    """
    configuration = configuration or turn.graph.configuration(turn.active)
    while turn.ended is None:
        transition: Transition | None
        if turn.closing:
            transition = turn.graph.close
            if transition is None:
                turn.ended = ""
                return
            turn.closing = False
        else:
            transition = select(turn, configuration.always) if configuration.always else None
            if transition is None:
                if not turn.internal:
                    return
                listening = configuration.listening(turn.internal.pop(0))
                transition = select(turn, listening) if listening else None
                if transition is None:
                    continue
        steps += 1
        if steps > MOST_MICROSTEPS:
            raise FlowError(f"more than {MOST_MICROSTEPS} microsteps")
        configuration = _take(turn, configuration, transition)


def select(turn: Turn, candidates: tuple[tuple[int, Transition], ...]) -> Transition | None:
    """Return the first candidate whose guard holds; `time` is counted from the entry of the state it stands in."""
    for place, transition in candidates:
        test = transition.test
        if test is None:
            return transition
        turn.time = turn.now - turn.entered[place]
        try:
            if test(turn):
                return transition
        except Exception:
            # Whatever went wrong in a guard, its answer is no; the flow may listen to error.guard.
            _guard_failed(turn, transition)
    return None


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


def _take(turn: Turn, configuration: Configuration, transition: Transition) -> Configuration:
    """One microstep; return the configuration after it."""
    target = transition.target
    if target is None:
        if transition.actions:
            turn.here = transition.source.name if transition.source else ""
            _run(turn, transition.actions)
        if turn.held is not None and transition.source is not None:
            bind_owner(turn, transition.source.name)
        return configuration
    plan = configuration.plan(transition)
    _leave(turn, plan)
    if transition.actions:
        turn.here = target.name
        _run(turn, transition.actions)
    turn.active = plan.active
    if turn.held is not None:
        bind_owner(turn, plan.entry_names[0])
    turn.entered = turn.entered[: plan.kept] + (turn.now,) * len(plan.entries)
    for node in plan.entries:
        if node.after:
            _arm(turn, node)
        if node.entry:
            turn.here = node.name
            _run(turn, node.entry)
        if node.final:
            _finish(turn, node)
    return turn.graph.configuration(plan.active)


def _run(turn: Turn, actions: tuple[Run, ...]) -> None:
    for action in actions:
        action(turn)


def _leave(turn: Turn, plan: Plan) -> None:
    for node in plan.exits:
        # What an exit action takes is bound outside the state that is being left, or it would be lost at once.
        turn.here = node.parent.name if node.parent else ""
        _run(turn, node.exit)
    names = plan.exit_names
    if turn.timers:
        turn.timers = tuple([timer for timer in turn.timers if timer.state not in names])
    if turn.held is not None or turn.waiting is not None or turn.ai is not None:
        turn.leave(names)


def _arm(turn: Turn, node: Node) -> None:
    """Start the timers of a state.  They are kept by due time, then by arming order: the first is the next."""
    now, armed = turn.now, turn.armed
    fresh = [
        Timer(now + item.delay, armed + place, node.name, place - 1)
        for place, item in enumerate(node.after, start=1)
    ]
    turn.armed = armed + len(fresh)
    both = [*turn.timers, *fresh]
    both.sort(key=_due)
    turn.timers = tuple(both)


def _due(timer: Timer) -> tuple[int, int]:
    return (timer.due, timer.order)


def _finish(turn: Turn, node: Node) -> None:
    if node.parent is None:
        turn.ended = node.name
    else:
        turn.internal.append(f"done.{node.parent.name}")
