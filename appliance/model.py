"""The nouns of kefu: who takes part in a conversation, and what a conversation is at one moment.

All of them are frozen msgspec Structs: cheap to make (a dataclass costs ten times as much), safe to share,
and the same bytes in the store, on the bus and in a test.  Times are integer milliseconds since 1970 (UTC)
everywhere in kefu; the type alias says so where it matters.
"""

from enum import IntEnum
from typing import Any, Literal

from msgspec import Struct

Millis = int
"""Milliseconds: a point in time since 1970-01-01 UTC, or a duration, as the name tells."""

Value = Any
"""What a variable of a flow may hold: None, bool, int, float, str, or a list of str."""

Role = Literal["owner", "supervisor", "agent"]
Presence = Literal["ready", "busy", "away", "offline"]
AuthorKind = Literal["visitor", "agent", "ai", "system"]

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id(now: Millis, entropy: bytes) -> str:
    """Return a 26-character id that sorts by time: 48 bits of `now`, then 80 bits of `entropy` (10 bytes).

    The layout is that of a ULID in lower case.  Entropy is an argument because the floors that use ids are pure.
    """
    number = (now << 80) | int.from_bytes(entropy[:10], "big")
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5))


class Audience(IntEnum):
    """Who may see a record.  A larger audience includes the smaller ones: what a visitor sees, staff see."""

    NONE = 0
    STAFF = 1
    VISITOR = 2


class Author(Struct, frozen=True, gc=False):
    """Who wrote something.  `id` is a visitor id, an agent id, or "" for the system."""

    kind: AuthorKind
    id: str = ""
    name: str = ""


SYSTEM = Author("system")


class Visitor(Struct, frozen=True, gc=False):
    """A visitor as the conversation knows him.

    `level` and `signed` come only from an identity that the site signed; `tags` only from staff.
    """

    id: str
    name: str = ""
    level: int = 0
    tags: tuple[str, ...] = ()
    signed: bool = False
    channel: str = "web"
    lang: str = "zh"
    page: str = ""
    title: str = ""
    referrer: str = ""


class Agent(Struct, frozen=True):
    """A member of staff.  Empty `skills` means every queue; `capacity` counts conversations held at once.

    `caps` limits single queues below the capacity: {"VIP专席": 2}.
    """

    id: str
    login: str
    name: str
    role: Role = "agent"
    skills: tuple[str, ...] = ()
    capacity: int = 8
    caps: dict[str, int] = {}
    disabled: bool = False


class Timer(Struct, frozen=True, gc=False, array_like=True, order=True):
    """One armed `after`: it fires at `due`, ties in arming `order`.  `index` counts the `after` items of `state`.

    Timers compare in the order in which they fire.
    """

    due: Millis
    order: int
    state: str
    index: int


class Waiting(Struct, frozen=True, gc=False):
    """A place in a queue.

    `since` orders the queue and survives re-queueing.  `asking` says whether an agent is wanted now
    (`auto_assign`), `visit` numbers that wish so that a late answer to an older one is recognised.
    `entered_by` and `asked_by` name the states whose exit gives up the place and the wish.
    `only` names the agent a transfer is meant for.  `left` marks an offline message, worked off after live visitors.
    `avoid` is the agent who was just released because he let the visitor wait, was lost or passed him on.
    """

    queue: str
    since: Millis
    entered_by: str
    asking: bool = False
    visit: int = 0
    asked_by: str = ""
    only: str = ""
    left: bool = False
    avoid: str = ""


class Held(Struct, frozen=True, gc=False):
    """An agent who owns the conversation, and the state whose exit releases him.

    `asked_by` is the state in which he was asked for: a transfer that the flow does not handle goes back there.
    """

    agent: str
    name: str
    state: str
    since: Millis
    queue: str = ""
    asked_by: str = ""


class AiTurn(Struct, frozen=True, gc=False):
    """A pending question to the AI: `visit` numbers it, `state` is the state whose exit makes its answer stale."""

    visit: int
    state: str


class Snapshot(Struct, frozen=True, gc=False):
    """A conversation between two inputs: all that `step` knows, and nothing else.

    `active` is the active configuration in document order (outermost state first); `entered` holds the entry
    times, position by position; states of parallel regions stand side by side in it.  `visit` is the last number given
    to a wish (agent or AI).  `history` holds, by history state, what was active when its parent was left last.
    `gc=False` is safe: nothing in a snapshot refers back to it.
    """

    id: str
    visitor: Visitor
    bundle: str
    opened_at: Millis
    active: tuple[str, ...] = ()
    entered: tuple[Millis, ...] = ()
    timers: tuple[Timer, ...] = ()
    armed: int = 0
    visit: int = 0
    closed_at: Millis | None = None
    waiting: Waiting | None = None
    held: Held | None = None
    ai: AiTurn | None = None
    waiting_since: Millis | None = None
    last_agent: str = ""
    served: bool = False
    menu: str = ""
    priority: int = 0
    transfers: int = 0
    tags: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    vars: dict[str, Value] = {}
    last_at: Millis = 0
    failures: int = 0
    parked: bool = False
    history: dict[str, tuple[str, ...]] = {}

    @property
    def open(self) -> bool:
        """Whether the conversation still takes inputs."""
        return self.closed_at is None


class Heads(Struct, frozen=True, gc=False, array_like=True):
    """How far the log of one conversation has come: last seq of all, last seq visitors see, last seq staff see."""

    seq: int = 0
    visitor: int = 0
    staff: int = 0


class Checkpoint(Struct, frozen=True):
    """What the store keeps so that a conversation need not be folded from its first record.

    `step_version` is the STEP_VERSION of the code that made it.
    """

    snapshot: Snapshot
    heads: Heads
    step_version: int
