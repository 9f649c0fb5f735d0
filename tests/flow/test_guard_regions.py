"""Which alternatives can be taken: the answers an operator relies on, and the ones that must not be given."""

import pytest

from appliance.flow import guard_regions
from appliance.flow.guard_domains import Where
from appliance.flow.guard_regions import ALWAYS, Shape, outcomes, shape_of
from appliance.flow.guards import compile_guard

VARS = {"n": "number", "word": "string", "flag": "bool", "any": "any"}
TAKEN, NOT = 0, 1


def shape(text: str | None) -> Shape:
    if text is None:
        return ALWAYS
    guard, problems = compile_guard(text, "flows", VARS)
    assert guard is not None, problems
    return shape_of(guard.tree)


def taken(*texts: str | None, event: str = "always", since: int = 0, until: int | None = None) -> set[int]:
    found = outcomes([shape(text) for text in texts], Where(event, since, until))
    assert found is not None
    return set(found)


@pytest.mark.parametrize(
    "text",
    [
        "time > 10s && time < 5s",
        "time > 10s && time < 10001ms",
        "vip && !vip",
        "menu == 'a' && menu == 'b'",
        "menu == 'a' && menu in ['b', 'c']",
        "visitor.level < 0",
        "visitor.level > 1 && visitor.level < 2",
        "load > 100%",
        "event.score > 5",
        "queue.wait > 5s && queue.wait <= 5s",
        "queue.wait > 5s && !(queue.wait > 5s)",
        "time * 2 > 21s && time < 10501ms",
        "-time > 0s",
        "10s - time > 5s && time > 5s",
        "contains(event.text, 'a') && !contains(event.text, 'a')",
        "'VIP' in visitor.tags && vip && !('VIP' in 访客标签)",
        "size(menu) > 5 && size(menu) < 5",
        "event.data.x > 3 && event.data.x < 2",
        "event.data.x == 'a' && event.data.x > 1",
        "event.data.x == 1 && event.data.x == true",
        "vars.n > 3 && vars.n <= 3",
        "menu == null",
        "vip == served && vip != served",
        "vip ? !vip : vip",
        "1 / 0 == 1",
        "1 > 2",
        "false",
        "priority > 1.5 && priority < 2",
        "visitor.level in [1, 2] && visitor.level > 2",
    ],
)
def test_what_can_never_hold(text: str) -> None:
    assert taken(text) == {NOT}


@pytest.mark.parametrize(
    "text",
    [
        "time >= 0s",
        "vip || !vip",
        "visitor.level >= 0",
        "ai.confidence <= 100%",
        "menu == 'a' || menu != 'a'",
        "menu != null",
        "time > 10s || time <= 10s",
        "true",
        "size(menu) >= 0 || vip || !vip",
    ],
)
def test_what_always_holds(text: str) -> None:
    assert taken(text) == {TAKEN}


@pytest.mark.parametrize(
    "text",
    [
        # A fact that is absent, or cannot be read, makes the guard fail: neither side holds.
        "queue.wait >= 0s",
        "queue.wait > 5s || queue.wait <= 5s",
        "!(queue.wait > 5s)",
        "load >= 0%",
        "vars.n > 3 || vars.n <= 3",
        "vars.flag || !vars.flag",
        # Between two neighbouring numbers there is another one, unless they count whole things.
        "vars.n > 1 && vars.n < 2",
        "load > 50% && load < 51%",
        # What is not looked into may be anything.
        "size(menu) < 0",
        "menu > 'b' && menu < 'a'",
        "time / 2 > 5s && time < 10s",
        "vars.n * 2 > 3 && vars.n < 1",
        "event.data.x == event.data.y",
        "vars.any > 3 || vars.any == 'x'",
        "priority < 0",
    ],
)
def test_what_may_hold_or_not(text: str) -> None:
    assert taken(text) == {TAKEN, NOT}


def test_alternatives_are_asked_in_turn() -> None:
    assert taken("vip", "vip && served") == {0, 2}
    assert taken("time > 10s", "time <= 10s", None) == {0, 1}
    assert taken("vip", "!vip && served", None) == {0, 1, 2}
    assert taken("queue.wait > 10s", "queue.wait <= 10s", None) == {0, 1, 2}
    assert taken("vip", None, None) == {0, 1}


def test_a_timer_knows_how_late_it_is_at_least() -> None:
    assert taken("time < 10s", event="after", since=10_000) == {NOT}
    assert taken("time >= 10s", event="after", since=10_000) == {TAKEN}
    assert taken("time > 10s", event="after", since=10_000) == {TAKEN, NOT}
    assert taken("time > 10s", event="after", since=10_000, until=10_000) == {NOT}


def test_a_rating_always_has_a_score() -> None:
    both = ("event.score >= 3", "event.score < 3", None)
    assert taken(*both) == {0, 1, 2}
    found = outcomes([shape(text) for text in both], Where("visitor.rated"))
    assert found is not None
    assert 0 in found


def test_too_many_situations_leave_the_question_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard_regions, "MOST_TRIALS", 3)
    assert outcomes([shape("vip && served && ai.on && hours.open && visitor.level > 3")], Where()) is None


def test_constants_too_far_away_are_not_reckoned_with() -> None:
    for text in (
        "priority > 1e308 * 10.0",
        "priority < 9e18 * 9e18 * 9e18",
        "vars.n == 1e308 * 10.0 - 1e308 * 10.0",
    ):
        assert taken(text) == {TAKEN, NOT}
