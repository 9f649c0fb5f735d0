"""Who is to blame in a condition, and how a duration is written."""

import pytest

from appliance.config.spec import Guard
from appliance.flow.futile_parts import Asker
from appliance.flow.guard_domains import Where
from appliance.flow.guards import compile_guard


def asked(text: str) -> tuple[Asker, Guard]:
    guard, problems = compile_guard(text)
    assert guard is not None, problems
    return Asker({text: guard.tree}), Guard(text)


@pytest.mark.parametrize(
    ("text", "one", "other"),
    [
        ("vip && !vip", "vip", "!vip"),
        ("served && (vip && 1 > 2)", "1 > 2", ""),
        ("(time > 10s) && (time < 5s)", "time > 10s", "time < 5s"),
        ("menu == 'a' && served && menu == 'b'", "menu == 'a'", "menu == 'b'"),
        ("visitor.level < 0 || load > 100%", "visitor.level < 0 || load > 100%", ""),
        ("(vip || served) && !vip && !served", "(vip || served) && !vip && !served", ""),
    ],
)
def test_the_smallest_part_is_to_blame(text: str, one: str, other: str) -> None:
    asker, guard = asked(text)
    assert asker.never(guard, Where())
    found = asker.culprit(guard, Where())
    assert (found.one, found.other) == (one, other)
    assert text[found.start : found.end].startswith(one)


def test_idle_sides_are_found_wherever_they_stand() -> None:
    asker, guard = asked("vip && (served || menu == 'a' && menu == 'b' || visitor.level < 0)")
    found = [each.one for each in asker.dead_branches(guard, Where())]
    assert found == ["menu == 'a' && menu == 'b'", "visitor.level < 0"]


@pytest.mark.parametrize(
    ("text", "range_"),
    [
        ("visitor.level < 0", "visitor.level is a whole number from 0"),
        ("time < 0s", "time is never negative"),
        ("event.score > 5", "event.score lies between 1 and 5"),
        ("load > 100%", "load lies between 0% and 100%"),
        ("vip && !vip", None),
        ("1 > 2", None),
        ("priority > 1 && priority < 2", None),
    ],
)
def test_the_range_of_a_variable_is_the_remedy(text: str, range_: str | None) -> None:
    asker, guard = asked(text)
    found = asker.range_of(guard, asker.culprit(guard, Where()), Where())
    assert (found.en if found else None) == range_


def test_names_are_remembered_in_their_canonical_form() -> None:
    asker, guard = asked("状态时长 > 10s && 是VIP")
    assert asker.variables(guard) == asker.variables(guard) == {"time", "vip"}
