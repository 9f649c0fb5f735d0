"""The generated function: no builtins within reach, and every helper named by the code exists."""

from types import FunctionType

from appliance.flow.guards import compile_guard


def test_the_function_has_no_builtins() -> None:
    guard, _ = compile_guard("event.data.x + 1 > 2 || matches(menu, 'a+') && -event.data.y < 3 && 7 % 2 == 1")
    assert guard is not None
    assert isinstance(guard.test, FunctionType)
    assert guard.test.__globals__["__builtins__"] == {}
    assert set(guard.test.__code__.co_names) <= set(guard.test.__globals__) | {"menu"}
