"""Addresses, and who reaches them."""

import pytest

from appliance.config.listen import AdminListen, Listen
from tools.topology.listeners import Listener, admin_listener, public_listener


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104 - compared, not bound
        ("desk.example.com", False),
    ],
)
def test_loopback(host: str, loopback: bool) -> None:
    assert Listener(host, 1).loopback is loopback


def test_addresses() -> None:
    assert public_listener(Listen("::1", 80)).address("en") == "[::1]:80"
    default = admin_listener(Listen(port=80))
    assert default is not None
    assert default.address("en") == "127.0.0.1, public port + 1"
    assert default.address("zh") == "127.0.0.1，公开端口 + 1"
    assert admin_listener(Listen(admin=AdminListen(on=False))) is None
