"""What a state that runs its children side by side, and a way back into one (history), may and may not say."""

from collections.abc import Iterator, Sequence

from appliance.config.decode_flows import each_transition
from appliance.config.diagnostics import Span, did_you_mean, quoted
from appliance.config.nodes import Mapping, find
from appliance.config.reading import Reader
from appliance.config.spec import State
from appliance.errors import Text

_DELETE = Text("删掉它", "delete it")


def check_parallel(read: Reader, state: State, path: list[str | int], root: Mapping) -> None:
    """A parallel state has children, begins in all of them, and none of them is an end."""
    where = _text(path)
    regions = [child for child in state.states if not child.history]
    if state.initial:
        node, _ = find(root, [*path, "initial"])
        message = Text(
            "子状态同时生效，不用写 initial", "all children are active at once: there is no initial"
        )
        read.found.error("K330", where, node.at, message, _DELETE)
    if len(regions) < 2:
        _, at = find(root, [*path, "parallel"])
        message = Text("parallel 至少要有两个子状态", "parallel needs two children at least")
        hint = Text("加上子状态，或去掉 parallel", "add children, or remove parallel")
        read.found.error("K331", where, at, message, hint)
    for child in regions:
        if child.final:
            message = Text("parallel 的子状态不能是结束状态", "a child of a parallel state cannot be final")
            hint = Text("把 final 放到它里面的一个子状态上", "put final on a state within it")
            read.found.error("K331", where, child.at, message, hint)


def check_history(
    read: Reader, state: State, parent: State | None, path: list[str | int], root: Mapping
) -> None:
    """A history state stands in a state, says nothing but where it leads the first time, and leads into that state."""
    where = _text(path)
    if parent is None:
        message = Text("history 要写在一个状态里面", "history stands within a state")
        hint = Text("移到要回去的那个状态的 states 里", "move it into the states of the state to go back to")
        read.found.error("K332", where, state.at, message, hint)
        return
    extra = _says_more(state)
    if extra is not None:
        message = Text("history 只是一条回去的路", "history is only a way back")
        hint = Text("只写 history 和 initial", "write nothing but history and initial")
        read.found.error("K333", where, extra, message, hint)
    if not state.initial:
        if parent.initial == state.name:
            message = Text("第一次不知道去哪", "it is not said where this leads the first time")
            hint = Text("给它写 initial: 状态", "give it an initial: state")
            read.found.error("K334", where, state.at, message, hint)
        return
    children = [child for child in parent.states if not child.history]
    inside = [each.name for each in (_below(children) if state.history == "deep" else children)]
    if state.initial not in inside:
        node, _ = find(root, [*path, "initial"])
        name = quoted(state.initial)
        message = Text(f"{name.zh}不在这个状态里", f"{name.en} is not within this state")
        read.found.error("K308", f"{where}.initial", node.at, message, did_you_mean(state.initial, inside))


def _says_more(state: State) -> Span | None:
    """Return the place of the first thing that only a real state may say."""
    first = next((transition.at for _, transition in each_transition(state)), None)
    if first is None and (state.entry or state.exit):
        first = (*state.entry, *state.exit)[0].at
    if first is None and state.states:
        first = state.states[0].at
    return state.at if first is None and (state.final or state.parallel) else first


def _below(states: Sequence[State]) -> Iterator[State]:
    for state in states:
        if not state.history:
            yield state
        yield from _below(state.states)


def _text(path: list[str | int]) -> str:
    return "$." + ".".join(str(part) for part in path)
