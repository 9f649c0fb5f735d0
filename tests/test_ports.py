"""Ports promise in their docstrings; a method without one promises nothing."""

import inspect

from appliance import ports


def test_every_method_of_every_port_states_its_contract() -> None:
    silent = [
        f"{port.__name__}.{name}"
        for _, port in inspect.getmembers(ports, inspect.isclass)
        if getattr(port, "_is_protocol", False) and port.__module__ == ports.__name__
        for name, method in vars(port).items()
        if inspect.isfunction(method) and not name.startswith("_") and not inspect.getdoc(method)
    ]
    assert silent == []
