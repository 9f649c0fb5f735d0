"""Every effect has a performer: runtime/perform.py closes its match, this keeps the union itself honest."""

import inspect
import typing

import msgspec

from appliance import effects


def test_the_union_names_every_effect_of_the_module() -> None:
    defined = {
        kind
        for _, kind in inspect.getmembers(effects, inspect.isclass)
        if issubclass(kind, msgspec.Struct)
        and kind.__module__ == effects.__name__
        and kind is not effects.Step
    }
    assert set(typing.get_args(effects.Effect)) == defined
