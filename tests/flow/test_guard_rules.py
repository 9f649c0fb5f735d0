"""The tables of types."""

import pytest

from appliance.flow.guard_rules import FUNCTIONS, comparable, kept_to, signature, truth_hint, type_of_value


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


def test_a_computed_value_is_kept_to_the_type_of_its_variable() -> None:
    number = kept_to("number", lambda scope: scope)
    assert (number(3), number(None)) == (3, None)
    for wrong in (True, "3", [3]):
        with pytest.raises(TypeError):
            number(wrong)
    assert kept_to("list:any", lambda scope: scope)(("a",)) == ("a",)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_says_how_it_is_called(name: str) -> None:
    assert signature(name).en.startswith(f"write {name}(")
    assert signature(name).en.count(",") == len(FUNCTIONS[name][0]) - 1


@pytest.mark.parametrize("kind", ["bool", "string", "number", "duration", "percent", "list:string"])
def test_every_kind_says_how_it_becomes_a_condition(kind: str) -> None:
    assert truth_hint(kind).zh
    assert truth_hint(kind).en
