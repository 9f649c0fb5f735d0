"""Addresses as they stand in kefu.yaml."""

import pytest

from appliance.config.listen import AdminListen, Listen


@pytest.mark.parametrize(
    ("admin", "written"),
    [
        (AdminListen(), "port + 1"),
        (AdminListen(on=False), "off"),
        (AdminListen(port=9001), "127.0.0.1:9001"),
        (AdminListen("::1", 9001), "[::1]:9001"),
    ],
)
def test_it_is_said_as_it_is_written(admin: AdminListen, written: str) -> None:
    assert str(admin) == written


def test_nothing_is_open_to_other_machines_by_itself() -> None:
    assert Listen().host == Listen().admin.host == "127.0.0.1"
    assert Listen(host="0.0.0.0").admin.host == "127.0.0.1"  # noqa: S104  # that is the question
