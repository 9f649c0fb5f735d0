"""A condition that asks for a menu item nobody can choose: `menu == '退换贷'` would simply never hold.

The visitor chooses from `welcome: menu:` and nothing else, so every text that a condition compares `menu` with must
stand there.
"""

from collections.abc import Iterator

from appliance.config.diagnostics import Diagnostic, did_you_mean, quoted
from appliance.config.spec import Guard, Spec, State
from appliance.errors import Text
from appliance.flow.guard_parse import Binary, Call, Choice, ListOf, Literal, Name, Node, Unary, parse
from appliance.flow.guard_tokens import GuardSyntaxError
from appliance.flow.soundness import transitions_of

_MENU = frozenset(("menu", "菜单"))


def unknown_items(spec: Spec) -> list[Diagnostic]:
    """Return a problem for each text that a condition of `spec` compares `menu` with and that is no menu item."""
    found: list[Diagnostic] = []
    for path, guard in _guards(spec):
        for literal in _compared(guard):
            item = str(literal.value)
            if item and item not in spec.welcome.menu:
                name = quoted(item)
                found.append(
                    Diagnostic(
                        "K451",
                        "error",
                        path,
                        guard.place(literal.start, literal.end),
                        Text(
                            f"菜单里没有{name.zh},这个条件永远不成立",
                            f"there is no menu item {name.en}: this would never hold",
                        ),
                        did_you_mean(item, spec.welcome.menu)
                        if spec.welcome.menu
                        else Text("先写 welcome: {menu: [...]}", "write welcome: {menu: [...]} first"),
                    )
                )
    return found


def _guards(spec: Spec) -> Iterator[tuple[str, Guard]]:
    """Yield the conditions that may read the menu, each with its path."""
    for queue in spec.queues:
        if queue.when is not None:
            yield f"$.queues.{queue.name}.when", queue.when
    for state in _all(spec.main.states):
        for transition in transitions_of(state):
            if transition.when is not None:
                yield f"$.flows.main.states.{state.name}", transition.when


def _all(states: tuple[State, ...]) -> Iterator[State]:
    for state in states:
        yield state
        yield from _all(state.states)


def _compared(guard: Guard) -> list[Literal]:
    """Return the texts that a condition compares the menu with; none for one that cannot be read (reported elsewhere)."""
    if not any(word in guard.source for word in _MENU):
        return []
    try:
        waiting: list[Node] = [parse(guard.source)]
    except GuardSyntaxError:
        return []
    found: list[Literal] = []
    while waiting:
        node = waiting.pop()
        match node:
            case Binary(sign="==" | "!=", left=Name(name=name), right=Literal(value=str()) as literal) if (
                name in _MENU
            ):
                found.append(literal)
            case Binary(sign="==" | "!=", left=Literal(value=str()) as literal, right=Name(name=name)) if (
                name in _MENU
            ):
                found.append(literal)
            case Binary(sign="in", left=Name(name=name), right=ListOf(items=items)) if name in _MENU:
                found += [each for each in items if isinstance(each, Literal) and isinstance(each.value, str)]
            case Binary(left=left, right=right):
                waiting += [left, right]
            case Unary(of=inner):
                waiting.append(inner)
            case Choice(condition=condition, yes=yes, no=no):
                waiting += [condition, yes, no]
            case Call(arguments=arguments):
                waiting += arguments
            case ListOf(items=items):
                waiting += items
            case _:
                pass
    return sorted(found, key=lambda literal: literal.start)
