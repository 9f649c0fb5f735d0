"""What the desk wants done.  It touches nothing itself; runtime/desk.py turns each of these into an input or a frame."""

from typing import Any

from msgspec import Struct

from appliance.model import Millis, Value


class Offer(Struct, frozen=True):
    """A slot of `agent` is reserved for wish `visit`: tell the conversation, which answers with HoldAgent or RefuseOffer.

    Without `accept` the agent must take it first.  `reasons` see routing.explain.
    """

    conversation: str
    agent: str
    name: str
    visit: int
    queue: str
    accept: bool
    reasons: dict[str, Value]


class Lost(Struct, frozen=True, gc=False):
    """`agent`, who holds the conversation, is gone."""

    agent: str
    conversation: str


class NobodyFree(Struct, frozen=True, gc=False):
    """No agent who could serve wish `visit` is even signed in.  Said once for each wish."""

    conversation: str
    visit: int


class ShowPositions(Struct, frozen=True, gc=False):
    """Somebody came, went or moved in `queue`: its positions (Desk.positions) are to be shown when the caller next does."""

    queue: str


Command = Offer | Lost | NobodyFree | ShowPositions


class Position(Struct, frozen=True, gc=False):
    """What a waiting visitor is shown: place from 1, how many wait, and the wait to expect (None: not known yet)."""

    queue: str
    position: int
    length: int
    expected_ms: Millis | None


class Waiter(Struct, frozen=True):
    """One conversation of a queue as the console shows it.  `offered_to` is an agent id or ""; `reasons` the last decision's."""

    conversation: str
    position: int
    since: Millis
    asking: bool
    vip: bool
    aged: bool
    left: bool
    priority: int
    only: str
    offered_to: str
    reasons: dict[str, Any]


class QueueView(Struct, frozen=True):
    """A queue as the console shows it.  `length` counts visitors, `left` offline messages; `oldest` is a time or None."""

    name: str
    length: int
    left: int
    ready: int
    with_room: int
    signed_in: int
    expected_ms: Millis | None
    oldest: Millis | None
    waiting: tuple[Waiter, ...]


class OfferView(Struct, frozen=True, gc=False):
    """An offer that an agent has not answered; `due` is when it lapses, `shown` whether it needs his click."""

    conversation: str
    visit: int
    queue: str
    shown: bool
    due: Millis | None


class AgentView(Struct, frozen=True):
    """An agent as colleagues see him.  `presence` may be "reconnecting"; `load` is held plus reserved, as in "2/8"."""

    id: str
    name: str
    presence: str
    chosen: str
    sessions: int
    last_seen: Millis
    load: int
    capacity: int
    skills: tuple[str, ...]
    held: tuple[str, ...]
    offers: tuple[OfferView, ...]
