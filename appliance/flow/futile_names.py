"""Conditions on a name that nothing bears: a queue that does not exist, an item that the menu does not have.

Such a condition is well typed and never holds, and only this file knows the names.
"""

from collections.abc import Iterator, Mapping

from appliance.config.diagnostics import Diagnostic, did_you_mean, quoted
from appliance.config.spec import Guard, Spec
from appliance.errors import Text
from appliance.flow.guard_parse import Binary, ListOf, Literal, Name, Node
from appliance.flow.guard_regions import parts_of
from appliance.flow.soundness import transitions_of


def unheard_of(spec: Spec, trees: Mapping[str, Node]) -> list[Diagnostic]:
    """Return a problem (K436) for every text that a guard compares with `queue.name` or `menu` and that none of them is.

    Without a menu in the file the items are the site's own, and nothing is said about them.
    """
    known: dict[str, tuple[Text, list[str]]] = {
        "queue.name": (Text("没有组", "there is no queue"), [queue.name for queue in spec.queues]),
    }
    if spec.welcome.menu:
        known["menu"] = (Text("菜单里没有", "the menu has no item"), list(spec.welcome.menu))
    found: list[Diagnostic] = []
    for path, guard in _guards(spec):
        tree = trees.get(guard.source)
        for variable, literal in _compared(tree) if tree is not None else ():
            if variable not in known or literal.value in ("", *known[variable][1]):
                continue
            what, names = known[variable]
            name = quoted(literal.value)
            found.append(
                Diagnostic(
                    "K436",
                    "error",
                    path,
                    guard.place(literal.start, literal.end),
                    Text(f"{what.zh}{name.zh}", f"{what.en} {name.en}"),
                    did_you_mean(str(literal.value), names),
                )
            )
    return found


def asking_themselves(spec: Spec, trees: Mapping[str, Node]) -> list[Diagnostic]:
    """Return a problem (K437) for every rule of a queue that asks for opening hours which depend on the queue."""
    if all(queue.hours is None for queue in spec.queues):
        return []
    return [
        Diagnostic(
            "K437",
            "error",
            f"$.queues.{queue.name}.when",
            queue.when.place(name.start, name.end),
            Text(
                "选组时还不知道看哪个组的营业时间",
                "the hours are those of a queue, and this chooses the queue",
            ),
            Text(
                "有组写了自己的 hours，选组的 when 就不能问营业时间",
                "where a queue has hours of its own, no when of a queue can ask whether it is open",
            ),
        )
        for queue in spec.queues
        if queue.when is not None and queue.when.source in trees
        for name in _names(trees[queue.when.source])
        if name.name == "hours.open"
    ]


def _names(node: Node) -> Iterator[Name]:
    if isinstance(node, Name):
        yield node
    for part in parts_of(node):
        yield from _names(part)


def _guards(spec: Spec) -> Iterator[tuple[str, Guard]]:
    for queue in spec.queues:
        if queue.when is not None:
            yield f"$.queues.{queue.name}.when", queue.when
    waiting = list(spec.main.states)
    while waiting:
        state = waiting.pop()
        waiting += state.states
        for transition in transitions_of(state):
            if transition.when is not None:
                yield f"$.flows.{spec.main.name}.states.{state.name}", transition.when


def _compared(node: Node) -> Iterator[tuple[str, Literal]]:
    """Yield each variable with each text that it is compared with for equality."""
    if isinstance(node, Binary) and node.sign in ("==", "!=", "in"):
        for one, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(one, Name):
                items = other.items if isinstance(other, ListOf) else [other]
                yield from (
                    (one.name, item)
                    for item in items
                    if isinstance(item, Literal) and isinstance(item.value, str)
                )
    for part in parts_of(node):
        yield from _compared(part)
