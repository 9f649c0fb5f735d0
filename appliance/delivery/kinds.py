"""The kinds of events a client can see: the shapes that records take on the wire.

Kept apart from the records on purpose: the history format and the wire change for different reasons.  A field with a
default is left out when it has that value; staff-only fields simply keep theirs for visitors.
"""

from typing import Any, Literal

from msgspec import Struct

from appliance.model import Millis


class Writer(Struct, frozen=True, gc=False):
    """Who wrote it.  The one visitor of a conversation is named on its card and in its first message only."""

    kind: Literal["visitor", "agent", "ai", "system"]
    id: str = ""
    name: str = ""


class Person(Struct, frozen=True, gc=False):
    """An agent."""

    id: str
    name: str = ""


class _Kind(Struct, frozen=True, gc=False, tag_field="kind", omit_defaults=True):
    seq: int
    prev: int
    at: Millis


class Message(_Kind, frozen=True, tag="message"):
    """Somebody said something.  `menu` holds the choices offered with it."""

    author: Writer
    text: str
    cid: str = ""
    menu: tuple[str, ...] = ()
    recalled: bool = False
    state: list[str] | None = None


class Note(_Kind, frozen=True, tag="note"):
    """Staff only: a note."""

    author: Writer
    text: str
    cid: str = ""
    recalled: bool = False
    state: list[str] | None = None


class Form(_Kind, frozen=True, tag="form"):
    """The visitor sent the form."""

    fields: dict[str, str]
    cid: str = ""
    recalled: bool = False
    state: list[str] | None = None


class Joined(_Kind, frozen=True, tag="joined"):
    """An agent has the conversation."""

    agent: Person


class Released(_Kind, frozen=True, tag="released"):
    """The agent has it no more."""

    agent: Person


class Queued(_Kind, frozen=True, tag="queued"):
    """The conversation waits since `since`; the queue's name is for staff."""

    since: Millis
    queue: str = ""


class Unqueued(_Kind, frozen=True, tag="unqueued"):
    """Staff only: it gave up its place."""


class State(_Kind, frozen=True, tag="state"):
    """Staff only: the event `by` led to the states `to`."""

    to: list[str]
    by: str


class Ended(_Kind, frozen=True, tag="ended"):
    """Somebody ended it."""

    by: Literal["visitor", "agent", "system"]
    state: list[str] | None = None


class Closed(_Kind, frozen=True, tag="closed"):
    """The conversation is final."""


class RatingAsked(_Kind, frozen=True, tag="rating_asked"):
    """The visitor is asked to rate."""


class Rated(_Kind, frozen=True, tag="rated"):
    """The rating was taken down."""

    score: int
    comment: str


class FormAsked(_Kind, frozen=True, tag="form_asked"):
    """The visitor is offered the form."""


class Recalled(_Kind, frozen=True, tag="recalled"):
    """Message `target` was taken back: show its text no more."""

    target: int
    state: list[str] | None = None


class Why(_Kind, frozen=True, tag="why"):
    """Staff only: the routing decision."""

    reasons: dict[str, Any]
    agent: str
    queue: str
    state: list[str] | None = None


class Tagged(_Kind, frozen=True, tag="tagged"):
    """Staff only: the tags now are `tags`; or, with `added`, the flow added these."""

    tags: list[str]
    added: bool = False
    state: list[str] | None = None


class Transferred(_Kind, frozen=True, tag="transferred"):
    """Staff only: `by` handed it to an agent or to a queue."""

    by: Person
    note: str
    to_agent: str = ""
    to_queue: str = ""
    state: list[str] | None = None


class Reminded(_Kind, frozen=True, tag="reminded"):
    """Staff only: the flow reminded "agent" or "visitor"."""

    who: str


class Failed(_Kind, frozen=True, tag="failed"):
    """Staff only: the flow failed on an input."""

    cause: str


class Parked(_Kind, frozen=True, tag="parked"):
    """Staff only: the flow failed again; plain chat from here on."""

    cause: str


class JoinedStaff(_Kind, frozen=True, tag="joined_staff"):
    """Staff only: a supervisor came in, or left."""

    agent: Person
    inside: bool
    state: list[str] | None = None


class Lost(_Kind, frozen=True, tag="lost"):
    """Staff only: the agent did not come back in time."""

    agent: str
    state: list[str] | None = None


class Other(_Kind, frozen=True, tag="other"):
    """Something without a shape of its own; there is nothing to show, only the chain goes on."""

    what: str


Kind = (
    Message
    | Note
    | Form
    | Joined
    | Released
    | Queued
    | Unqueued
    | State
    | Ended
    | Closed
    | RatingAsked
    | Rated
    | FormAsked
    | Recalled
    | Why
    | Tagged
    | Transferred
    | Reminded
    | Failed
    | Parked
    | JoinedStaff
    | Lost
    | Other
)
