"""Names must lead somewhere: states, queues and messages that a flow speaks of, judged when all of them are known."""

from collections.abc import Iterator, Sequence

from appliance.config.decode_flows import each_transition
from appliance.config.decode_guarantees import check_guarantees
from appliance.config.diagnostics import Span, did_you_mean, quoted
from appliance.config.nodes import Mapping, find
from appliance.config.reading import Reader
from appliance.config.regions import check_history, check_parallel
from appliance.config.spec import Action, Flow, Spec, State
from appliance.config.vocabulary import ACTION_NAMES, DONE_EVENT, VARIABLE_NAMES
from appliance.errors import Text

STATE = Text("状态", "state")
_SECTIONS = {"messages": ("K305", Text("话", "message")), "queues": ("K304", Text("组", "queue"))}


def check_references(read: Reader, spec: Spec, root: Mapping) -> None:
    """Add every name in the flows of `spec` that leads nowhere."""
    names = {"messages": list(spec.messages), "queues": [queue.name for queue in spec.queues]}
    for flow in spec.flows.values():
        _check_flow(read, flow, root)
        for state in walk(flow.states):
            for action in actions_of(state):
                _check_action(read, flow, action, names)
    _unused_messages(read, spec)


def walk(states: Sequence[State]) -> Iterator[State]:
    """Yield all states, parents before children, in file order."""
    for state in states:
        yield state
        yield from walk(state.states)


def actions_of(state: State) -> Iterator[Action]:
    """Yield the actions of a state itself: entry, exit, transitions."""
    yield from state.entry
    yield from state.exit
    for _, transition in each_transition(state):
        yield from transition.actions


def _check_flow(read: Reader, flow: Flow, root: Mapping) -> None:
    path = f"$.flows.{flow.name}"
    seen: dict[str, State] = {}
    for state in walk(flow.states):
        if state.name in seen:
            hint = Text("同一个流程里状态名不能重复", "names of states are unique within a flow")
            read.twice("K306", path, state.at, STATE, state.name, seen[state.name].at, hint)
        seen.setdefault(state.name, state)
    known = list(seen)
    _check_initial(read, flow.initial, flow.states, known, ["flows", flow.name], root)
    if flow.on_error and flow.on_error not in seen:
        node, _ = find(root, ["flows", flow.name, "on_error"])
        read.unknown("K319", f"{path}.on_error", node.at, STATE, flow.on_error, known)
    for variable in flow.vars:
        if variable in VARIABLE_NAMES:
            _, at = find(root, ["flows", flow.name, "vars", variable])
            name = quoted(variable)
            message = Text(f"{name.zh}是内置变量", f"{name.en} is a built-in variable")
            read.found.error("K327", f"{path}.vars", at, message, Text("换个名字", "choose another name"))
    _check_states(read, flow.states, known, ["flows", flow.name, "states"], root)
    check_guarantees(read, flow, seen, root)


def _check_states(
    read: Reader,
    states: Sequence[State],
    known: list[str],
    path: list[str | int],
    root: Mapping,
    parent: State | None = None,
) -> None:
    names = frozenset(known)
    for state in states:
        if read.found.full:
            return
        here = [*path, state.name]
        if state.history:
            check_history(read, state, parent, here, root)
        elif state.parallel:
            check_parallel(read, state, here, root)
        elif state.states:
            _check_initial(read, state.initial, state.states, known, here, root)
        elif state.initial:
            node, _ = find(root, [*here, "initial"])
            message = Text("没有子状态，不用写 initial", "a state without children has no initial")
            read.found.error("K308", _text(here), node.at, message, Text("删掉它", "delete it"))
        if state.final:
            _check_final(read, state, here)
        for handler in state.on:
            whose = handler.event.removeprefix(DONE_EVENT)
            if whose != handler.event and whose not in names:
                read.unknown("K301", _text(here), handler.at, STATE, whose, known)
        for _, transition in each_transition(state):
            lost = transition.to is not None and transition.to not in names
            if lost and not read.found.covers(transition.to_at):
                read.unknown("K301", _text(here), transition.to_at, STATE, transition.to or "", known)
        _check_states(read, state.states, known, [*here, "states"], root, state)


def _check_initial(
    read: Reader,
    initial: str,
    children: Sequence[State],
    known: list[str],
    path: list[str | int],
    root: Mapping,
) -> None:
    names = [child.name for child in children]
    node, key_at = find(root, path)
    given = isinstance(node, Mapping) and node.get("initial") is not None
    if not given:
        if len(path) > 2:  # For the flow itself the schema has said it.
            message = Text("有子状态就要写 initial", "a state with children needs initial")
            hint = Text(f"例如 initial: {names[0]}", f"for example initial: {names[0]}")
            read.found.error("K307", _text(path), key_at, message, hint)
        return
    if initial in names or not children:
        return
    at = find(root, [*path, "initial"])[0].at
    if read.found.covers(at):
        return
    if initial in known:
        name = quoted(initial)
        message = Text(f"{name.zh}不是这里的子状态", f"{name.en} is not a child of this state")
        read.found.error("K308", _text([*path, "initial"]), at, message, did_you_mean(initial, names))
    else:
        read.unknown("K301", _text([*path, "initial"]), at, STATE, initial, names)


def _check_final(read: Reader, state: State, path: list[str | int]) -> None:
    """A final state is the end: what would lead out of it can never happen."""
    first: Span | None = next((transition.at for _, transition in each_transition(state)), None)
    if first is None and state.states:
        first = state.states[0].at
    if first is None and state.parallel:
        first = state.at
    if first is not None:
        message = Text("结束状态不能再有转移或子状态", "a final state has no transitions and no children")
        hint = Text("去掉 final，或去掉转移", "remove final, or what leads out of it")
        read.found.error("K309", _text(path), first, message, hint)


def _check_action(read: Reader, flow: Flow, action: Action, names: dict[str, list[str]]) -> None:
    path = f"$.flows.{flow.name}"
    for parameter in ACTION_NAMES[action.name].parameters:
        chosen = action.args.get(parameter.name)
        if parameter.refers and isinstance(chosen, str) and chosen not in names[parameter.refers]:
            code, what = _SECTIONS[parameter.refers]
            read.unknown(code, path, action.at, what, chosen, names[parameter.refers])
    if action.name == "set":
        for variable in action.args:
            if variable not in flow.vars:
                read.unknown(
                    "K328", path, action.at, Text("流程变量", "flow variable"), variable, list(flow.vars)
                )


def _unused_messages(read: Reader, spec: Spec) -> None:
    """A text that nobody says is a slip, most often a name changed in one place only."""
    said = {spec.welcome.say}
    for flow in spec.flows.values():
        for state in walk(flow.states):
            said |= {str(action.args.get("message", "")) for action in actions_of(state)}
    for message in spec.messages.values():
        if message.name not in said:
            name = quoted(message.name)
            warning = Text(f"没有地方用到{name.zh}这句话", f"nothing says the message {name.en}")
            hint = Text("删掉它，或在 say 里用它", "delete it, or use it in a say")
            read.found.warning("K329", f"$.messages.{message.name}", message.at, warning, hint)


def _text(path: list[str | int]) -> str:
    return "$." + ".".join(str(part) for part in path)
