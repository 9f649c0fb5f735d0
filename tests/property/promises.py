"""Random small flows with a promise, made of what both the explorer and the export to Promela understand.

Times are a few milliseconds, so a tick of the model is the appliance's own and both must agree to the millisecond.
"""

from random import Random

from appliance.config.spec import (
    Action,
    After,
    Flow,
    Guarantee,
    Guard,
    Handler,
    Queue,
    Spec,
    State,
    Transition,
)

_EVENTS = (
    "visitor.message", "visitor.close", "visitor.menu", "agent.accept", "agent.message", "agent.close", "agent.lost",
    "agent.transfer", "assign.none", "ai.answer", "ai.failed", "custom.x",
)  # fmt: skip
_GUARDS = (
    "time > 2ms", "time >= 3ms", "time < 2ms", "time <= 1ms", "time == 2ms", "session.time > 4ms", "hours.open",
    "!hours.open", "vip", "!vip", "served", "vars.n > 0", "vars.n == 1", "load > 50%", "time > 1ms && hours.open",
    "transfers < 1",
)  # fmt: skip
_ACTIONS = (
    *(Action("enqueue"),) * 2,
    Action("dequeue"),
    *(Action("auto_assign"),) * 5,
    *(Action("ask_ai"),) * 2,
    Action("transfer", {"queue": "b"}),
    Action("set", {"n": 1}),
    Action("set", {"n": "=2 - vars.n"}),
    Action("close"),
    Action("remind"),
)


def random_spec(seed: int, regions: bool = False) -> Spec:
    """Return flow number `seed` with one promise; with `regions` some states run side by side, or have a way back."""
    dice = Random(seed)
    count = dice.randint(2, 6 if regions else 5)
    parents = [dice.randrange(number) if number and dice.random() < 0.45 else None for number in range(count)]
    children = {number: [c for c in range(count) if parents[c] == number] for number in range(count)}
    finals = {number for number in range(1, count) if not children[number] and dice.random() < 0.25}
    names = [f"s{number}" for number in range(count)]
    parallel = {
        number
        for number, inside in children.items()
        if regions and len(inside) > 1 and not finals & set(inside) and dice.random() < 0.8
    }
    ways_back = {number for number, inside in children.items() if regions and inside and dice.random() < 0.6}
    targets = [*names, *(f"h{number}" for number in ways_back)]

    def alternatives() -> tuple[Transition, ...]:
        return tuple(
            Transition(
                None if dice.random() < 0.15 else dice.choice(targets),
                Guard(dice.choice(_GUARDS)) if dice.random() < 0.5 else None,
                actions(0.4),
                dice.random() < 0.2,
            )
            for _ in range(dice.randint(1, 2))
        )

    def actions(often: float) -> tuple[Action, ...]:
        return tuple(dice.choices(_ACTIONS, k=dice.randint(1, 2))) if dice.random() < often else ()

    def state(number: int) -> State:
        if number in finals:
            return State(names[number], final=True)
        inside = children[number]
        done = (f"done.{names[number]}",) if set(inside) & finals else ()
        events = [*dice.sample(_EVENTS, dice.randint(0, 3)), *done]
        return State(
            names[number],
            names[dice.choice(inside)] if inside and number not in parallel else "",
            (*(state(child) for child in inside), *way_back(number)),
            tuple(Handler(event, alternatives()) for event in events),
            tuple(
                After(delay, alternatives()) for delay in dice.sample(range(1, 7), dice.choice((0, 1, 1, 2)))
            ),
            _guarded(alternatives()) if dice.random() < 0.2 else (),
            actions(0.4),
            actions(0.15),
            parallel=number in parallel,
        )

    def way_back(number: int) -> tuple[State, ...]:
        return (State(f"h{number}", history="shallow"),) if number in ways_back else ()

    def _guarded(found: tuple[Transition, ...]) -> tuple[Transition, ...]:
        return tuple(each for each in found if each.when is not None)

    tops = tuple(state(number) for number in range(count) if parents[number] is None)
    living = [each.name for each in tops if not each.final] or [tops[0].name]
    source = dice.choice(names)
    others = [name for name in names if name != source]
    reach = tuple(dice.sample(others, dice.randint(1, max(1, count - 2))))
    on = dice.choice(_EVENTS) if dice.random() < 0.4 else ""
    promise = Guarantee("p", source, reach, dice.randint(0, 7), on)
    flow = Flow("main", dice.choice(living), tops, "", {"n": 0}, (promise,))
    return Spec({"main": flow}, vip=Guard("visitor.level > 2"), queues=(Queue("a", Guard("vip")), Queue("b")))
