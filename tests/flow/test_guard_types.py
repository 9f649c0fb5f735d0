"""The types a checked tree ends up with, and that one mistake gives one problem."""

import pytest

from appliance.flow.guard_parse import parse
from appliance.flow.guard_types import Checker


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("time * 2", "duration"),
        ("time / 1s", "number"),
        ("load * 5m", "duration"),
        ("visitor.tags + ['a']", "list:string"),
        ("[1, 'a']", "list:any"),
        ("event.data.x + 1", "any"),
        ("vip ? 1s : 2s", "duration"),
        ("vip ? event.data.x : 2s", "any"),
        ("size(visitor.tags)", "number"),
    ],
)
def test_types(text: str, kind: str) -> None:
    checker = Checker("flows", {})
    assert checker.check(parse(text)) == kind
    assert checker.problems == []


def test_a_mistake_inside_does_not_cascade() -> None:
    checker = Checker("flows", {})
    checker.check(parse("nonsense > 10s && nonsense + 1 == 2"))
    assert [problem.code for problem in checker.problems] == ["K404", "K404"]
