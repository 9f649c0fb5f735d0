"""Who is here: everything that is kept in memory of a visitor while he has a page open, and a little longer.

One object a visitor rather than a table for each thing: thousands are here at once, and most of them say nothing.
"""

from collections.abc import Callable, Iterable

from msgspec import Struct

from appliance.channels.gateway import Link
from appliance.delivery.rate import Rate
from appliance.model import Millis, Visitor

RATE_WINDOW: Millis = 10_000


class Guest(Struct, gc=False):
    """A visitor: his profile, how much he sent lately, who serves him, and his pages in the order in which they came.

    The collector need not look at him: whatever leads from his pages back to him lives as long as the appliance.
    """

    profile: Visitor
    rate: Rate
    last_agent: str = ""
    pages: tuple[Link, ...] = ()
    vip: bool = False


class Guests:
    """All of them, by visitor id.  Loop only.

    `sends` is how many messages a visitor may send in RATE_WINDOW ms, `is_vip` what the live configuration says of him.
    """

    def __init__(self, sends: int, is_vip: Callable[[Visitor], bool] = lambda visitor: False) -> None:
        self._sends = sends
        self._is_vip = is_vip
        self._guests: dict[str, Guest] = {}

    def __len__(self) -> int:
        return len(self._guests)

    def get(self, visitor: str) -> Guest | None:
        """Return the visitor if he is here."""
        return self._guests.get(visitor)

    def arrived(self, profile: Visitor, last_agent: str = "") -> Guest:
        """Return the guest whom this profile is of; it may be another page of one who is here."""
        guest = self._guests.get(profile.id)
        if guest is None:
            guest = self._guests[profile.id] = Guest(profile, Rate(self._sends, RATE_WINDOW))
        self.known(guest, profile)
        guest.last_agent = last_agent
        return guest

    def known(self, guest: Guest, profile: Visitor) -> None:
        """This is known of the guest now."""
        guest.profile = profile
        guest.vip = self._is_vip(profile)

    def vip(self, visitor: str) -> bool:
        """Return whether the visitor is here and a VIP."""
        guest = self._guests.get(visitor)
        return guest is not None and guest.vip

    def served(self, visitor: str, agent: str) -> None:
        """An agent serves the visitor: should he come back soon, he is to find him again."""
        guest = self._guests.get(visitor)
        if guest is not None:
            guest.last_agent = agent

    def forget(self, visitor: str) -> None:
        """He has gone, unless a page of his is open."""
        guest = self._guests.get(visitor)
        if guest is not None and not guest.pages:
            del self._guests[visitor]

    def pages(self, visitor: str) -> Iterable[Link]:
        """Return his pages."""
        guest = self._guests.get(visitor)
        return guest.pages if guest is not None else ()

    def grant(self, sends: int) -> None:
        """Another configuration is live: everybody may send so many; what was sent lately counts.  Who is a VIP may differ."""
        self._sends = sends
        for guest in self._guests.values():
            guest.rate.sends = sends
            guest.vip = self._is_vip(guest.profile)
