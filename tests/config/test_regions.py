"""What may stand in a parallel state and in a way back into one."""

import pytest

from tests.config.reader import codes, spec_of


def flow(states: str) -> str:
    return f"flows: {{main: {{initial: a, states: {{{states}}}}}}}\n"


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ("a: {parallel: true, states: {x: {}, y: {}}}", []),
        ("a: {parallel: false, initial: x, states: {x: {}}}", []),
        ("a: {parallel: true}", ["K331"]),
        ("a: {parallel: true, states: {x: {}}}", ["K331"]),
        ("a: {parallel: true, states: {x: {}, h: {history: deep}}}", ["K331"]),
        ("a: {parallel: true, states: {x: {}, y: {final: true}}}", ["K331"]),
        ("a: {parallel: true, initial: x, states: {x: {}, y: {}}}", ["K330"]),
        ("a: {parallel: true, final: true, states: {x: {}, y: {}}}", ["K309"]),
        ("a: {}, h: {history: deep}", ["K332"]),
        ("a: {initial: x, states: {x: {}, h: {history: shallow}}}", []),
        ("a: {initial: x, states: {x: {}, h: {history: shallow, initial: x}}}", []),
        ("a: {initial: h, states: {x: {}, h: {history: shallow, initial: x}}}", []),
        ("a: {initial: h, states: {x: {}, h: {history: shallow}}}", ["K334"]),
        ("a: {initial: x, states: {x: {}, h: {history: shallow, initial: b}}}, b: {}", ["K308"]),
        (
            "a: {initial: x, states: {x: {initial: y, states: {y: {}}}, h: {history: shallow, initial: y}}}",
            ["K308"],
        ),
        ("a: {initial: x, states: {x: {initial: y, states: {y: {}}}, h: {history: deep, initial: y}}}", []),
        ("a: {initial: x, states: {x: {}, g: {history: deep}, h: {history: deep, initial: g}}}", ["K308"]),
        ("a: {initial: x, states: {x: {}, h: {history: deep, after: {1s: {to: x}}}}}", ["K333"]),
        ("a: {initial: x, states: {x: {}, h: {history: deep, exit: close}}}", ["K333"]),
        ("a: {initial: x, states: {x: {}, h: {history: deep, final: true}}}", ["K333"]),
        (
            "a: {initial: x, states: {x: {}, h: {history: deep, initial: z, states: {z: {}}}}}",
            ["K308", "K333"],
        ),
        ("a: {initial: x, states: {x: {}, h: {history: deap}}}", ["K204"]),
    ],
)
def test_regions_and_ways_back(states: str, expected: list[str]) -> None:
    assert codes("", flow(states)) == expected


def test_they_are_decoded() -> None:
    spec = spec_of(
        "", flow("a: {parallel: true, states: {x: {initial: u, states: {u: {}, h: {history: deep}}}, y: {}}}")
    )
    (a,) = spec.main.states
    assert a.parallel
    assert [child.history for child in a.states[0].states] == ["", "deep"]


def test_a_test_of_the_file_never_waits_for_a_way_back() -> None:
    text = flow("a: {initial: x, states: {x: {}, h: {history: deep}}}")
    assert codes("", text + "tests: [{name: t, steps: [0s 用户发送消息 -> h]}]\n") == ["K301"]
