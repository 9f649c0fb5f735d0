"""The promises of a flow: from the tree to `Guarantee`, and whether the names in them lead somewhere.

Whether a promise is kept is found by flow/verify.py; here it is only read.
"""

from collections.abc import Iterator, Mapping

from appliance.config.diagnostics import NOWHERE, Span, did_you_mean, quoted
from appliance.config.nodes import Mapping as Table
from appliance.config.nodes import Node, Scalar, Sequence, find
from appliance.config.reading import Reader, entries
from appliance.config.spec import Flow, Guarantee, State
from appliance.config.vocabulary import EVENT_NAMES, canonical_event, is_internal
from appliance.errors import Text

_STATE = Text("状态", "state")
_RAISED = [name for name, word in EVENT_NAMES.items() if not is_internal(word.name)]


def guarantees(read: Reader, node: Node | None, path: str) -> tuple[Guarantee, ...]:
    """Return `guarantee:` of a flow in file order."""
    items = node.items if isinstance(node, Sequence) else ()
    found = [
        _guarantee(read, item, f"{path}[{number}]")
        for number, item in enumerate(items)
        if isinstance(item, Table)
    ]
    seen: dict[str, Guarantee] = {}
    for number, each in enumerate(found):
        if each.name in seen and each.name:
            what, hint = Text("保证", "guarantee"), Text("换个名字", "choose another name")
            read.twice("K340", f"{path}[{number}]", each.at, what, each.name, seen[each.name].at, hint)
        seen.setdefault(each.name, each)
    return tuple(found)


def _guarantee(read: Reader, node: Table, path: str) -> Guarantee:
    name, reach, within = node.get("name"), node.get("reach"), node.get("within")
    return Guarantee(
        name=read.text(name),
        source=read.text(node.get("from")),
        reach=(read.text(reach),) if isinstance(reach, Scalar) else read.texts(reach),
        within=read.duration(within, f"{path}.within", 0),
        on=_event(read, node.get("on"), f"{path}.on"),
        at=name.at if name is not None else node.at,
        within_at=within.at if within is not None else NOWHERE,
    )


def _event(read: Reader, node: Node | None, path: str) -> str:
    """Return the canonical event, "" for none or one that cannot start the clock."""
    word = read.text(node)
    if node is None or not word or read.found.covers(node.at):
        return ""
    event = canonical_event(word)
    name = quoted(word)
    if event is None:
        message = Text(f"没有{name.zh}这个事件", f"there is no event {name.en}")
        read.found.error("K302", path, node.at, message, did_you_mean(word, _RAISED))
        return ""
    if is_internal(event):
        message = Text(f"{name.zh}不会从外面来", f"{name.en} never comes from outside")
        hint = Text(
            "删掉 on，把 from 写成事件之后的状态", "leave on out and let from name the state after it"
        )
        read.found.error("K341", path, node.at, message, hint)
        return ""
    return event


def check_guarantees(read: Reader, flow: Flow, known: Mapping[str, State], root: Table) -> None:
    """Add what is wrong with the states that the promises of `flow` name."""
    states = [name for name, state in known.items() if not state.history]
    for number, each in enumerate(flow.guarantees):
        path = f"$.flows.{flow.name}.guarantee[{number}]"
        node, _ = find(root, ["flows", flow.name, "guarantee", number])
        for name, at in _named(read, node):
            if name and name not in states and not read.found.covers(at):
                _no_state(read, path, at, name, known, states)
        starts = isinstance(node, Table) and node.get("on") is None
        if starts and each.source in each.reach and each.source in states:
            shown = quoted(each.source)
            message = Text(
                f"from 和 reach 都有{shown.zh}，永远成立", f"both from and reach say {shown.en}: always true"
            )
            hint = Text("从 reach 里去掉它，或写上 on", "take it out of reach, or add on")
            read.found.warning("K343", path, each.at, message, hint)


def _named(read: Reader, node: Node) -> Iterator[tuple[str, Span]]:
    for entry in entries(node):
        if entry.key in ("from", "reach"):
            items = entry.value.items if isinstance(entry.value, Sequence) else (entry.value,)
            yield from ((read.text(item), item.at) for item in items)


def _no_state(
    read: Reader, path: str, at: Span, name: str, known: Mapping[str, State], states: list[str]
) -> None:
    if name in known:
        shown = quoted(name)
        message = Text(f"{shown.zh}只是一条回去的路", f"{shown.en} is only a way back")
        hint = Text("写它所在的状态", "name the state that it stands in")
        read.found.error("K342", path, at, message, hint)
    else:
        read.unknown("K301", path, at, _STATE, name, states)
