"""A load goes to this machine or nowhere, whatever the address looks like."""

import resource
import socket

import pytest

from appliance.cli.console import UsageError
from tools.loadtest.loopback import door, is_loopback, open_many_files, room_for


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("http://127.0.0.1:8080", "127.0.0.1", 8080),
        ("127.0.0.1:8080", "127.0.0.1", 8080),
        ("ws://127.9.8.7:1", "127.9.8.7", 1),
        ("http://[::1]:8080/", "::1", 8080),
        ("http://localhost", "127.0.0.1", 80),
    ],
)
def test_loopback_is_let_in(url: str, host: str, port: int) -> None:
    found = door(url)
    assert (found.host, found.port, found.here) == (host, port, True)


@pytest.mark.parametrize(
    "url",
    [
        "http://192.0.2.1:8080",
        "http://0.0.0.0:8080",
        "http://[::]:8080",
        "http://[2001:db8::1]:80",
        "http://[::ffff:192.0.2.1]:80",
        "http://3221225985",
    ],
)
def test_everything_else_is_refused_in_two_languages_with_the_remedy(url: str) -> None:
    with pytest.raises(UsageError) as refused:
        door(url)
    assert "--i-own-this-host" in refused.value.say("en")
    assert "--i-own-this-host" in refused.value.say("zh")
    found = door(url, own_host=True)
    assert not found.here


def test_a_name_that_leads_elsewhere_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """One address of several is enough: which of them is connected to would be chance."""

    def resolved(host: str, port: int, **more: object) -> list[tuple[object, ...]]:
        return [
            (socket.AF_INET, 0, 0, "", ("127.0.0.1", port)),
            (socket.AF_INET, 0, 0, "", ("192.0.2.7", port)),
        ]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    with pytest.raises(UsageError) as refused:
        door("http://shop.example")
    assert "192.0.2.7" in refused.value.say("en")


@pytest.mark.parametrize("url", ["https://127.0.0.1", "ftp://127.0.0.1", "http://", "http://[::1", "http://127.0.0.1:x", "http://a.invalid"])  # fmt: skip
def test_what_is_no_address_is_wrong_usage(url: str) -> None:
    with pytest.raises(UsageError):
        door(url)


def test_addresses_mapped_into_ipv6_are_what_they_map() -> None:
    assert is_loopback("::ffff:127.0.0.1")
    assert not is_loopback("::ffff:10.0.0.1")
    assert not is_loopback("0.0.0.0")  # noqa: S104  # nothing is bound here
    assert is_loopback("::1%lo")


def test_too_many_connections_are_refused_before_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda what: (1_024, 4_096))
    assert room_for(1_000, 1, server_too=True) == 1
    assert room_for(10_000, 1, server_too=False) == 3
    with pytest.raises(UsageError) as refused:
        room_for(10_000, 1, server_too=True)
    assert "ulimit -n 10500" in refused.value.say("en")
    assert "--visitors 3596" in refused.value.say("zh")


def test_the_soft_limit_is_raised() -> None:
    most = open_many_files()
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (most, most)
