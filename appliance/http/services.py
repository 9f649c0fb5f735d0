"""What the handlers need of the running appliance: small Protocols, so that each can be tested without the whole.

cli/run.py fills a Services from what runtime/compose.py yields.
"""

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from aiohttp import web
from msgspec import Struct, field

from appliance.channels.gateway import Upgrade
from appliance.config.spec import Spec
from appliance.delivery.cards import Card
from appliance.figures import HandshakeFigures
from appliance.http.access import Access
from appliance.http.assets import Assets
from appliance.http.origins import Strangers
from appliance.http.staff import Staff
from appliance.model import Audience, Millis
from appliance.ports import Accounts, Clock, Log


class CardMaker(Protocol):
    """runtime/cards.py."""

    async def card(self, conversation: str, audience: Audience, reader: str) -> Card | None:
        """Return the card as `reader` sees it, None when there is no such conversation."""
        ...


class StaffLink(Protocol):
    """channels/link.py: a connection that a login of staff opened."""

    @property
    def login(self) -> str:
        """Return the login."""
        ...

    def close(self, code: int, retry_after: Millis | None = None) -> None:
        """End the connection with a code of delivery/codes.py."""
        ...


class SocketChannel(Protocol):
    """channels/websocket.py."""

    def __len__(self) -> int:
        """Return how many sockets are open."""
        ...

    async def serve(self, request: web.Request, upgrade: Upgrade) -> web.StreamResponse:
        """Shake hands with a peer whose handshake was checked."""
        ...

    def staff(self) -> Iterable[StaffLink]:
        """Return the connections of agents."""
        ...


class Ladder(Protocol):
    """runtime/overload.py."""

    def state(self) -> dict[str, Any]:
        """Return all that is shown of it."""
        ...

    def force(self, tier: int, hold: Millis, by: str) -> None:
        """Hold a tier for so long."""
        ...

    def automatic(self, by: str) -> None:
        """Hold none: the load decides."""
        ...

    def rehearse(self, hold: Millis, by: str) -> Millis:
        """Go through all tiers; return when that is over."""
        ...

    def turns_away(self) -> Millis:
        """Return 0 to let a new visitor in, else after how many ms he may come back."""
        ...


class PollChannel(Protocol):
    """channels/longpoll.py."""

    async def serve(self, request: web.Request, upgrade: Upgrade) -> web.Response:
        """Answer one poll."""
        ...

    def staff(self) -> Iterable[StaffLink]:
        """Return the polls of agents."""
        ...


class Services(Struct, frozen=True):
    """Everything behind the doors.

    `spec` returns the live configuration, `entropy` random bytes for ids, `draining` whether the appliance is on its way
    out.  `base_url` is where people reach it as far as it knows itself: "http://127.0.0.1:8080".
    """

    spec: Callable[[], Spec]
    accounts: Accounts
    log: Log
    clock: Clock
    entropy: Callable[[int], bytes]
    access: Access
    staff: Staff
    cards: CardMaker
    sockets: SocketChannel
    polls: PollChannel
    overload: Ladder
    assets: Assets
    draining: Callable[[], bool]
    handshakes: HandshakeFigures = field(default_factory=HandshakeFigures)
    base_url: str = ""
    strangers: Strangers = field(default_factory=Strangers)


SERVICES: web.AppKey[Services] = web.AppKey("services", Services)


def services(request: web.Request) -> Services:
    """Return what the application of this request was made with."""
    return request.app[SERVICES]


def invitation_link(base_url: str, secret: str) -> str:
    """Return a one-time link.  The secret stands behind "#", which browsers never send: no log will hold it."""
    return f"{base_url}/console#invite={secret}"
