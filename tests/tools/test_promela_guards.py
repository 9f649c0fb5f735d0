"""Guards in Promela: codes for what varies, and a refusal for what has no form."""

import pytest

from tests.flow.desks import spec_of
from tools.promela_guards import Guards, NotExportable, variable


def guards() -> Guards:
    return Guards(
        spec_of(
            "initial: a\nvars: {n: 1}\nstates:\n  a: {on: {用户结束: {to: b}}}\n  b: {final: true}",
            "vip: visitor.level >= 3",
        )
    )


@pytest.mark.parametrize(
    ("guard", "text"),
    [
        ("time > 10s", "(t1 > 10)"),
        ("10s >= time", "(t1 <= 10)"),
        ("session.time < 4s && served", "(((session < 4)) && ((served == 1)))"),
        ("!hours.open", f"!(({variable('hours.open')} == 1))"),
        ("load > 85%", f"({variable('load')} > 1)"),
        ("queue.length >= 2", f"({variable('queue.length')} >= 2)"),
        ("vip", f"({variable('visitor.level')} >= 3)"),
        ("vars.n == 2", f"({variable('vars.n')} == 2)"),
        ("'VIP' in tags", f"({variable('tags VIP')} == 1)"),
        ("vip ? served : true", f"((({variable('visitor.level')} >= 3)) -> ((served == 1)) : (true))"),
    ],
)
def test_a_guard_as_text(guard: str, text: str) -> None:
    found = guards()
    found.look(guard, "flows", "a", "visitor.message")
    found.done()
    assert found.text(guard, "flows", "t1", 1_000) == text


def test_constants_are_places_in_an_order() -> None:
    found = guards()
    found.look("load > 85% || load > 70%", "flows")
    found.done()
    assert (found.outside.code("load", 0.7), found.outside.code("load", 0.85)) == (1, 3)
    assert list(found.outside.range_of("load")) == [0, 1, 2, 3, 4]


def test_strict_times_and_the_largest_are_remembered() -> None:
    found = guards()
    found.look("time >= 3s", "flows", "a")
    assert not found.strict
    found.look("time > 2s", "flows", "a")
    assert (found.strict, found.timed, found.times) == (True, {"a": 3_000}, {2_000, 3_000})


@pytest.mark.parametrize(
    "guard", ["event.text.contains('x')", "queue.length > agents.ready", "priority + 1 > 2", "menu in ['a']"]
)
def test_what_has_no_form_is_refused(guard: str) -> None:
    with pytest.raises(NotExportable):
        guards().look(guard, "flows", "a", "visitor.message")


def test_values_of_an_event_are_there_with_that_event_only() -> None:
    guards().look("ai.confidence > 50%", "flows", "a", "ai.answer")
    with pytest.raises(NotExportable):
        guards().look("ai.confidence > 50%", "flows", "a", "always")
