"""Every name leads somewhere, or the line says so."""

import pytest

from appliance.config.references import actions_of, walk
from tests.config.reader import codes, spec_of


def flow(states: str, head: str = "initial: a") -> str:
    return f"flows: {{main: {{{head}, states: {{{states}}}}}}}\n"


@pytest.mark.parametrize(
    ("states", "head", "expected"),
    [
        ("a: {always: {to: b}}", "initial: a", ["K301"]),
        ("a: {}", "initial: b", ["K301"]),
        ("a: {on: {done.b: {to: a}}}", "initial: a", ["K301"]),
        (
            "a: {initial: b, on: {done.a: {to: c}}, states: {b: {final: true}}}, c: {final: true}",
            "initial: a",
            [],
        ),
        ("a: {initial: x, states: {x: {}}}", "initial: x", ["K308"]),
        ("a: {states: {x: {}}}", "initial: a", ["K307"]),
        ("a: {initial: a}", "initial: a", ["K308"]),
        ("a: {initial: b, states: {x: {}}}, b: {}", "initial: a", ["K308"]),
        ("a: {initial: x, states: {x: {}}}, b: {initial: x, states: {x: {}}}", "initial: a", ["K306"]),
        ("a: {}", "initial: a, on_error: b", ["K319"]),
        ("a: {final: true, after: {1s: {to: a}}}", "initial: a", ["K309"]),
        ("a: {final: true, initial: x, states: {x: {}}}", "initial: a", ["K309"]),
        ("a: {}", "initial: a, vars: {营业中: 1}", ["K327"]),
        ("a: {entry: {set: {n: 1}}}", "initial: a, vars: {m: 1}", ["K328"]),
        ("a: {exit: {say: x}}", "initial: a", ["K305"]),
        ("a: {entry: {enqueue: x}}", "initial: a", ["K304"]),
        ("a: {after: {1s: {action: {transfer: x}}}}", "initial: a", ["K304"]),
        ("a: {entry: {enqueue: 客服}}", "initial: a", []),
    ],
)
def test_names_that_lead_nowhere(states: str, head: str, expected: list[str]) -> None:
    assert codes("", flow(states, head)) == expected


def test_a_message_that_nobody_says_is_a_warning_and_no_error() -> None:
    assert codes("messages: {x: hello}") == ["K329"]
    assert codes("messages: {x: hello}", flow("a: {after: {1s: {action: {say: x}}}}")) == []


def test_walk_visits_every_state_and_its_own_actions() -> None:
    spec = spec_of(
        "",
        flow(
            "a: {initial: b, entry: dequeue, states: {b: {always: {to: c, action: close}}}}, c: {exit: ask_ai}"
        ),
    )
    states = list(walk(spec.main.states))
    assert [state.name for state in states] == ["a", "b", "c"]
    assert [[action.name for action in actions_of(state)] for state in states] == [
        ["dequeue"],
        ["close"],
        ["ask_ai"],
    ]
