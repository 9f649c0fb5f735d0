"""Who is connected right now, and which staff pages look at which conversation.

The index of the gateway: an agent's pages, the links subscribed to a conversation, and, with the guests, a visitor's pages.
It holds no content and decides nothing but the number of pages a visitor may have.
"""

from collections.abc import Callable, Iterable

from appliance.channels.gateway import Link
from appliance.delivery.commands import Peer
from appliance.runtime.guests import Guests


class Links:
    """All admitted links.  Loop only."""

    def __init__(self, guests: Guests, pages_of_a_visitor: Callable[[], int] = lambda: 8) -> None:
        self._guests = guests
        self._most_pages = pages_of_a_visitor
        self._peers: dict[Link, Peer] = {}
        self._agents: dict[str, list[Link]] = {}
        self._lookers: dict[str, set[Link]] = {}
        self._looks_at: dict[Link, set[str]] = {}
        self._coming: dict[Link, set[str]] = {}
        self._sessions: dict[str, Link] = {}
        self._session_of: dict[Link, str] = {}

    def __len__(self) -> int:
        return len(self._peers)

    def add(self, link: Link, peer: Peer, session: str) -> list[Link]:
        """Register a link; return those that have to go because the visitor has too many pages, oldest first."""
        self._peers[link] = peer
        self._sessions[session] = link
        self._session_of[link] = session
        if peer.role != "visitor":
            self._agents.setdefault(peer.id, []).append(link)
            return []
        guest = self._guests.get(peer.id)
        if guest is None:
            return []
        guest.pages = (*guest.pages, link)
        return list(guest.pages[: -self._most_pages()])

    def end_session(self, link: Link) -> None:
        """The session of a link goes over to another one; the link itself stays until it is removed."""
        self._sessions.pop(self._session_of.pop(link, ""), None)

    def remove(self, link: Link) -> Peer | None:
        """Forget a link; return whose it was, None when it was not registered."""
        peer = self._peers.pop(link, None)
        if peer is None:
            return None
        self.end_session(link)
        guest = self._guests.get(peer.id) if peer.role == "visitor" else None
        if guest is not None:
            guest.pages = tuple(each for each in guest.pages if each is not link)
        elif peer.id in self._agents:
            self._agents[peer.id].remove(link)
            if not self._agents[peer.id]:
                del self._agents[peer.id]
        self._coming.pop(link, None)
        for conversation in self._looks_at.pop(link, ()):
            self._look_away(link, conversation)
        return peer

    def look_soon(self, link: Link, conversation: str) -> None:
        """A card is being fetched for a staff link; looking away before it comes calls it back."""
        if link in self._peers:
            self._coming.setdefault(link, set()).add(conversation)

    def may_look(self, link: Link, conversation: str) -> bool:
        """Return whether a card that was fetched for the link is still wanted there."""
        return conversation in self._coming.get(link, ()) or conversation in self._looks_at.get(link, ())

    def look(self, link: Link, conversation: str) -> None:
        """A staff link is subscribed to a conversation from now on."""
        if link in self._peers:
            self._lookers.setdefault(conversation, set()).add(link)
            self._looks_at.setdefault(link, set()).add(conversation)
            self._coming.get(link, set()).discard(conversation)

    def look_away(self, link: Link, conversation: str) -> None:
        """It is no longer, nor will it be by a card that is on its way."""
        self._coming.get(link, set()).discard(conversation)
        self._looks_at.get(link, set()).discard(conversation)
        self._look_away(link, conversation)

    def _look_away(self, link: Link, conversation: str) -> None:
        lookers = self._lookers.get(conversation)
        if lookers is not None:
            lookers.discard(link)
            if not lookers:
                del self._lookers[conversation]

    def peer(self, link: Link) -> Peer | None:
        """Return whose link it is."""
        return self._peers.get(link)

    def of_session(self, session: str) -> Link | None:
        """Return the link that a session id was given to, while it is registered."""
        return self._sessions.get(session)

    def of_visitor(self, visitor: str) -> Iterable[Link]:
        """Return the visitor's pages."""
        return self._guests.pages(visitor)

    def of_agent(self, agent: str) -> Iterable[Link]:
        """Return the agent's pages."""
        return tuple(self._agents.get(agent, ()))

    def of_staff(self) -> Iterable[Link]:
        """Return all pages of all agents."""
        return tuple(link for links in self._agents.values() for link in links)

    def of_visitors(self) -> Iterable[Link]:
        """Return all pages of all visitors."""
        return tuple(link for link, peer in self._peers.items() if peer.role == "visitor")

    def lookers(self, conversation: str) -> Iterable[Link]:
        """Return the staff links subscribed to the conversation."""
        return tuple(self._lookers.get(conversation, ()))
