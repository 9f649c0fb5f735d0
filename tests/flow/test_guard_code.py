"""The generated function: no builtins within reach, and every helper named by the code exists."""

import math
from types import FunctionType

import pytest

from appliance.flow.guard_code import _divide
from appliance.flow.guards import compile_guard


def test_the_function_has_no_builtins() -> None:
    guard, _ = compile_guard("event.data.x + 1 > 2 || matches(menu, 'a+') && -event.data.y < 3 && 7 % 2 == 1")
    assert guard is not None
    assert isinstance(guard.test, FunctionType)
    assert guard.test.__globals__["__builtins__"] == {}
    assert set(guard.test.__code__.co_names) <= set(guard.test.__globals__) | {"menu"}


@pytest.mark.parametrize(
    ("left", "right", "quotient"),
    [
        (7, 2, 3),
        (-7, 2, -3),
        (7, -2, -3),
        (7.0, 2, 3.5),
        (1.0, 0.0, math.inf),
        (-1.0, 0, -math.inf),
        (1, -0.0, -math.inf),
    ],
)
def test_quotients_are_cels(left: float, right: float, quotient: float) -> None:
    assert _divide(left, right) == quotient


def test_nothing_by_nothing_is_no_number_and_whole_numbers_fail() -> None:
    assert math.isnan(_divide(0.0, 0.0))
    with pytest.raises(ZeroDivisionError):
        _divide(1, 0)
