"""The exact scheme, host and port pass; everything that only looks like them does not."""

import pytest

from appliance.http.origins import Origin, Peer, Strangers, is_own, origin_allowed, parse_origin, peer_of

ALLOWED = ("https://shop.example.com", "http://intern.example:8000")
HOST = "chat.example.com"


@pytest.mark.parametrize(
    "origin",
    [
        "https://shop.example.com",
        "https://shop.example.com:443",
        "HTTPS://Shop.Example.COM",
        "http://intern.example:8000",
        "https://chat.example.com",
        "http://chat.example.com",
    ],
)
def test_allowed(origin: str) -> None:
    assert origin_allowed(origin, HOST, ALLOWED)


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "",
        "null",
        "file://",
        "https://shop.example.com.evil.net",
        "https://evil.net/https://shop.example.com",
        "https://evilshop.example.com",
        "https://evil.shop.example.com",
        "https://shop.example.com@evil.net",
        "https://shop.example.com:444",
        "http://shop.example.com",
        "https://shop.example.com/",
        "https://shop.example.com/path",
        "https://shop.example.com?x",
        "https://shop.example.com#x",
        "https://shop.example.com\n",
        " https://shop.example.com",
        "https://shop.example.com https://shop.example.com",
        "https://shop。example.com",
        "https://shop.example.com:",
        "https://shop.example.com:99999",
        "http://intern.example",
        "ws://shop.example.com",
        "chrome-extension://abcdef",
        "https://chat.example.com:8443",
        "https://chat.example.com.",
        "https://" + "a" * 400,
    ],
)
def test_refused(origin: str | None) -> None:
    assert not origin_allowed(origin, HOST, ALLOWED)


def test_a_default_port_may_be_written_or_not() -> None:
    assert (
        parse_origin("https://a.example:443")
        == parse_origin("https://a.example")
        == Origin("https", "a.example", 443)
    )
    assert parse_origin("http://a.example:443") != parse_origin("https://a.example:443")


def test_our_own_page_needs_our_own_host_and_port() -> None:
    assert is_own("http://127.0.0.1:8080", "127.0.0.1:8080", secure=False)
    assert is_own("http://[::1]:8080", "[::1]:8080", secure=False)
    assert not is_own("http://127.0.0.1:8081", "127.0.0.1:8080", secure=False)
    assert not is_own("http://localhost:8080", "127.0.0.1:8080", secure=False)
    assert not is_own("http://127.0.0.1:8080", None, secure=False)
    assert not is_own("http://127.0.0.1:8080", "", secure=False)


def test_once_tls_is_known_a_plain_page_of_the_same_host_is_not_ours() -> None:
    assert is_own("https://chat.example.com", HOST, secure=True)
    assert not is_own("http://chat.example.com", HOST, secure=True)


def test_a_slash_at_the_end_of_a_configured_origin_does_no_harm() -> None:
    assert origin_allowed("https://a.example", HOST, ("https://a.example/",))
    assert not origin_allowed("https://a.example", HOST, ("",))


def test_forwarded_headers_are_believed_from_this_machine_only() -> None:
    assert peer_of("127.0.0.1", "6.6.6.6, 203.0.113.9", "https") == Peer("203.0.113.9", True)
    assert peer_of("::1", "2001:db8::1", None) == Peer("2001:db8::1", False)
    assert peer_of("203.0.113.9", "10.0.0.1", "https") == Peer("203.0.113.9", False)
    assert peer_of("127.0.0.1", "unknown", "http") == Peer("127.0.0.1", False)
    assert peer_of(None, None, None) == Peer("", False)


def test_refused_origins_are_told_once_and_only_so_many() -> None:
    strangers = Strangers(most=2)
    told = [strangers.new(f"https://{name}.example") for name in ("a", "a", "b", "b", "c", "a")]
    assert told == [True, False, True, False, False, False]
    assert not Strangers().new(None)
    assert not Strangers().new("null")
    assert not Strangers().new("https://a.example\nforged")
