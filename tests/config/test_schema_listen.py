"""What may stand in `listen`."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from appliance.config.schema_listen import listen


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        (8081, True),
        (0, False),
        (70_000, False),
        ("off", True),
        ("on", False),
        ("10.0.0.5:8081", True),
        ("[::1]:8081", True),
        ("::1:8081", False),
        ("8081", False),
        ("host/path:8081", False),
        (True, False),
        (None, False),
    ],
)
def test_admin_is_a_port_an_address_or_off(value: Any, fits: bool) -> None:
    assert Draft202012Validator(listen()).is_valid({"admin": value}) == fits
