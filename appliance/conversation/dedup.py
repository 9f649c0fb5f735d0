"""Recognises what a client sent before, so that a resent message is acknowledged again and never stored twice.

A conversation remembers the last 256 client ids of each sender and the highest one it has forgotten.  Client ids are
UUIDv7 and so grow with time: an unknown id above the forgotten ones is new, one below is in doubt and the store decides.
The unique index of the store is only the net below this.
"""

from typing import Literal
from zlib import crc32

import msgspec
from msgspec import Struct

from appliance.inputs import Input, Opened, VisitorSaid
from appliance.model import Millis

REMEMBERED = 256

_encoder = msgspec.json.Encoder()


class Sent(Struct, frozen=True, gc=False):
    """Something this sender had committed (or has in the unit under way) under one client id."""

    seq: int
    at: Millis
    fingerprint: int


def fingerprint(source: Input) -> int:
    """Return a checksum of what the client said.

    A first message that comes again may arrive as VisitorSaid instead of Opened, so only its words count.
    """
    if isinstance(source, VisitorSaid | Opened):
        return crc32(source.text.encode("utf-8", "replace"), crc32(source.menu.encode("utf-8", "replace")))
    return crc32(_encoder.encode(source))


class Window:
    """What one conversation remembers of its senders.  Not shared: its mailbox is the only user."""

    __slots__ = ("_cleared", "_floor", "_forgotten", "_known", "in_doubt")

    def __init__(self, in_doubt: bool = False, floor: str = "") -> None:
        """`floor` is the highest client id that may have been forgotten before this window began."""
        self._floor = floor
        self._known: dict[str, dict[str, Sent]] = {}
        self._forgotten: dict[str, str] = {}
        self._cleared: set[tuple[str, str]] = set()
        self.in_doubt = in_doubt
        """Set when the window may have holes: every unknown id is then asked of the store."""

    def look(self, sender: str, cid: str) -> Sent | Literal["new", "in doubt"]:
        """Return what was sent under `cid`, or whether it is new, or that only the store can tell."""
        known = self._known.get(sender)
        if known is not None and cid in known:
            return known[cid]
        if (sender, cid) in self._cleared:
            return "new"
        if self.in_doubt or cid <= self._forgotten.get(sender, self._floor):
            return "in doubt"
        return "new"

    def remember(self, sender: str, cid: str, sent: Sent) -> None:
        """Take down a send, forgetting the oldest of this sender beyond the limit."""
        known = self._known.setdefault(sender, {})
        known[cid] = sent
        self._cleared.discard((sender, cid))
        if len(known) > REMEMBERED:
            oldest = next(iter(known))
            del known[oldest]
            if oldest > self._forgotten.get(sender, self._floor):
                self._forgotten[sender] = oldest

    def known_as_new(self, sender: str, cid: str) -> None:
        """The store has never seen `cid`: the next look finds it new."""
        self._cleared.add((sender, cid))

    def time_of(self, sender: str, seq: int) -> Millis | None:
        """Return when `sender` sent entry `seq`, or None when it is not his or too old to be remembered."""
        for sent in self._known.get(sender, {}).values():
            if sent.seq == seq:
                return sent.at
        return None
