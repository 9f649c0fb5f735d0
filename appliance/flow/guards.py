"""The small typed expression language of `when:`, `vip:` and `set:`: text in, a fast pure function out.

This module is the door: tokens, grammar, types and code live beside it, one question a file.  A guard never raises
into a flow: whoever calls `test` treats an exception as false (see step.py) and raises error.guard.
"""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from appliance.errors import Text
from appliance.flow.guard_code import function_of
from appliance.flow.guard_parse import Node, parse
from appliance.flow.guard_tokens import GuardSyntaxError, Problem
from appliance.flow.guard_types import Checker

__all__ = ["Guard", "Problem", "compile_guard", "compile_value"]

_NOT_A_CONDITION = Text("条件的结果应该是是或否", "a condition must come out as true or false")


class Guard(Struct, frozen=True):
    """A compiled guard: `test(scope)` gives its value.

    `names` are the variables it reads (canonical), `facts` those of them that come from outside the conversation; `tree` is
    what it was compiled from, its types settled.
    """

    text: str
    test: Callable[[Any], Any]
    names: frozenset[str]
    facts: frozenset[str]
    tree: Node


def compile_guard(
    text: str, section: str = "flows", variables: Mapping[str, str] | None = None
) -> tuple[Guard | None, list[Problem]]:
    """Return the guard in `text`, which must come out as true or false, or None and all its problems.

    `section` says where it stands and so what it may read (vocabulary.VISIBLE); `variables` maps the flow's own
    variables to their types.
    """
    guard, kind, problems = _compile(text, section, variables)
    if guard is not None and kind not in ("bool", "any"):
        checker = Checker(section, variables)
        checker.expect(parse(text), "bool", _NOT_A_CONDITION)
        return None, checker.problems
    return guard, problems


def compile_value(
    text: str, section: str = "flows", variables: Mapping[str, str] | None = None
) -> tuple[Guard | None, str, list[Problem]]:
    """Return the expression in `text` with the type of its value, or None, "any" and all its problems."""
    return _compile(text, section, variables, whole=False)


def _compile(
    text: str, section: str, variables: Mapping[str, str] | None, whole: bool = True
) -> tuple[Guard | None, str, list[Problem]]:
    checker = Checker(section, variables)
    try:
        tree = parse(text)
        kind = checker.check(tree)
    except GuardSyntaxError as error:
        return None, "any", [error.problem]
    if checker.problems:
        return None, "any", checker.problems
    test = function_of(tree, checker.patterns, truth=whole)
    return Guard(text, test, frozenset(checker.names), frozenset(checker.facts), tree), kind, []
