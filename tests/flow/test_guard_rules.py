"""The tables of types."""

import pytest

from appliance.flow.guard_rules import comparable, type_of_value


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (True, "bool"),
        (1, "number"),
        (1.5, "number"),
        ("a", "string"),
        (["a"], "list:any"),
        (None, "any"),
        ({}, "any"),
    ],
)
def test_type_of_value(value: object, kind: str) -> None:
    assert type_of_value(value) == kind


def test_comparable() -> None:
    assert comparable("list:any", "list:string")
    assert comparable("null", "duration")
    assert not comparable("list:number", "list:string")
    assert not comparable("duration", "number")
