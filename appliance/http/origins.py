"""Which web pages may talk to the appliance: the exact scheme, host and port, or not at all.

Browsers send Origin with every socket and every request that changes something, and pages cannot forge it.  Comparing
prefixes or suffixes is how others were fooled (`https://shop.example.com.evil.net`), so both sides are taken apart first.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import ip_address
from typing import NamedTuple

LONGEST_ADDRESS = 64
"""An IPv6 address with its zone; what is longer is none, and not worth remembering."""

_PORTS = {"http": 80, "https": 443}
_ORIGIN = re.compile(
    r"(https?)://(\[[0-9a-f:.]{2,45}\]|[a-z0-9_](?:[a-z0-9_.-]{0,252}))(?::([0-9]{1,5}))?", re.ASCII
)


class Origin(NamedTuple):
    """Where a page comes from."""

    scheme: str
    host: str
    port: int


def parse_origin(text: str | None) -> Origin | None:
    """Return the origin in an Origin header, None for "null", a path, user names, odd characters or no header."""
    if text is None or len(text) > 300:
        return None
    found = _ORIGIN.fullmatch(text.lower())
    if found is None:
        return None
    scheme, host, port = found.groups()
    number = int(port) if port else _PORTS[scheme]
    return Origin(scheme, host, number) if 0 < number < 65_536 else None


def is_own(origin: str | None, host: str | None, secure: bool) -> bool:
    """Return whether a page with this Origin was served by the appliance itself, as `host` (the Host header).

    `secure` says that the request is known to have come in over TLS; then only https counts.  When that is not known,
    because a proxy did not say so, a page of either scheme on the same host and port is our own.
    """
    page = parse_origin(origin)
    if page is None or host is None:
        return False
    return page == parse_origin(f"{page.scheme}://{host}") and (page.scheme == "https" or not secure)


def origin_allowed(
    origin: str | None, host: str | None, allowed: Iterable[str], secure: bool = False
) -> bool:
    """Return whether a page with this Origin may embed the widget: our own, or one named in `site.origins`."""
    page = parse_origin(origin)
    if page is None:
        return False
    return is_own(origin, host, secure) or any(parse_origin(name.rstrip("/")) == page for name in allowed)


class Strangers:
    """The origins that were refused, each to be told of once: the operator may have forgotten to list his own site.

    Only the first few are remembered, so that nobody fills the log or the memory by inventing origins.
    """

    def __init__(self, most: int = 20) -> None:
        self._most = most
        self._seen: set[Origin] = set()

    def new(self, origin: str | None) -> bool:
        """Return whether this origin is one, was not refused before, and is worth a line in the log."""
        page = parse_origin(origin)
        if page is None or page in self._seen or len(self._seen) >= self._most:
            return False
        self._seen.add(page)
        return True


class Peer(NamedTuple):
    """Who is at the other end of the request: his address, and whether he came over TLS."""

    address: str
    secure: bool


def peer_of(remote: str | None, forwarded_for: str | None, forwarded_proto: str | None) -> Peer:
    """Return the peer behind a proxy on this machine, else the one that is connected.

    X-Forwarded-* is believed from loopback only, and of X-Forwarded-For only the last address: the one our own proxy
    added.  Anything before it was written by the client.
    """
    address = remote or ""
    if not _is_loopback(address):
        return Peer(address, secure=False)
    last = (forwarded_for or "").rsplit(",", 1)[-1].strip()
    secure = (forwarded_proto or "").rsplit(",", 1)[-1].strip().lower() == "https"
    return Peer(last if _is_address(last) else address, secure)


def _is_address(text: str) -> bool:
    return len(text) <= LONGEST_ADDRESS and _names_address(text)


@lru_cache(1_024)
def _names_address(text: str) -> bool:
    try:
        return bool(ip_address(text))
    except ValueError:
        return False


def _is_loopback(text: str) -> bool:
    # A request over the Unix socket has no address at all.
    return text == "" or (_is_address(text) and _names_loopback(text))


@lru_cache(1_024)
def _names_loopback(text: str) -> bool:
    return ip_address(text).is_loopback
