"""What the log of a conversation holds, and who may see it.

There are two families.  `Happened` is an input as it came, together with what its step read from outside (facts)
and where it led; folding replays exactly these.  All other records are what a step emitted; folding recomputes
them and compares.  A record's audience is a property of the record, decided here and nowhere else.
"""

import msgspec
from msgspec import Struct

from appliance import inputs
from appliance.inputs import Input
from appliance.model import Audience, Millis, Value


class _Record(Struct, frozen=True, gc=False, tag_field="r", omit_defaults=True):
    pass


class Happened(_Record, frozen=True, tag="happened"):
    """An input, the facts its step read, and the active configuration after it (None: unchanged)."""

    input: Input
    facts: dict[str, Value] = {}
    to: tuple[str, ...] | None = None


class Said(_Record, frozen=True, tag="said"):
    """The flow or the AI said something to the visitor.  `author` is "system" or "ai".

    `message` is the name of a text in kefu.yaml when the text came from there.
    """

    author: str
    text: str
    message: str = ""
    menu: tuple[str, ...] = ()


class Queued(_Record, frozen=True, tag="queued"):
    """The conversation took a place in a queue."""

    queue: str
    since: Millis


class Unqueued(_Record, frozen=True, tag="unqueued"):
    """The conversation gave up its place without being served."""

    queue: str


class Assigned(_Record, frozen=True, tag="assigned"):
    """An agent owns the conversation now.  The visitor sees the name; see `Happened(Offered)` for the reasons."""

    agent: str
    name: str
    queue: str = ""


class Released(_Record, frozen=True, tag="released"):
    """The agent no longer owns the conversation."""

    agent: str
    reason: str = ""


class Reminded(_Record, frozen=True, tag="reminded"):
    """The flow reminded somebody; `who` is "agent" or "visitor"."""

    who: str


class Noted(_Record, frozen=True, tag="noted"):
    """The flow left a note for staff."""

    text: str


class Tagged(_Record, frozen=True, tag="tagged"):
    """The flow tagged the conversation."""

    tag: str


class RatingAsked(_Record, frozen=True, tag="rating_asked"):
    """The visitor is asked to rate."""


class RatingSaved(_Record, frozen=True, tag="rating_saved"):
    """A rating was taken down for the agent who served last."""

    score: int
    comment: str = ""
    agent: str = ""


class FormAsked(_Record, frozen=True, tag="form_asked"):
    """The visitor is offered the form for an offline message."""


class Failed(_Record, frozen=True, tag="failed"):
    """The flow failed on an input (a guard, an action, an endless loop) and `on_error` was taken."""

    cause: str


class Parked(_Record, frozen=True, tag="parked"):
    """The flow failed twice; the conversation goes on as plain chat without a flow."""

    cause: str


class Closed(_Record, frozen=True, tag="closed"):
    """The conversation is final."""

    state: str


Record = (
    Happened
    | Said
    | Queued
    | Unqueued
    | Assigned
    | Released
    | Reminded
    | Noted
    | Tagged
    | RatingAsked
    | RatingSaved
    | FormAsked
    | Failed
    | Parked
    | Closed
)

_HAPPENED: dict[type, Audience] = {
    inputs.Opened: Audience.VISITOR,
    inputs.VisitorSaid: Audience.VISITOR,
    inputs.AgentSaid: Audience.VISITOR,
    inputs.FormSent: Audience.VISITOR,
    inputs.VisitorRated: Audience.VISITOR,
    inputs.VisitorEnded: Audience.VISITOR,
    inputs.AgentClosed: Audience.VISITOR,
    inputs.Recalled: Audience.VISITOR,
    inputs.TimerDue: Audience.NONE,
    inputs.NobodyFree: Audience.NONE,
    inputs.Migrated: Audience.NONE,
}
_EMITTED: dict[type, Audience] = {
    Said: Audience.VISITOR,
    Assigned: Audience.VISITOR,
    Released: Audience.VISITOR,
    RatingAsked: Audience.VISITOR,
    RatingSaved: Audience.VISITOR,
    FormAsked: Audience.VISITOR,
    Queued: Audience.VISITOR,
    Closed: Audience.VISITOR,
}


def audience(record: Record) -> Audience:
    """Return who may see `record`.  Inputs and records not listed are for staff."""
    if type(record) is Happened:
        return _HAPPENED.get(type(record.input), Audience.STAFF)
    return _EMITTED.get(type(record), Audience.STAFF)


def sender_and_cid(record: Record) -> tuple[str, str] | None:
    """Return (sender, client id) of a record that a client sent, else None.  The pair is unique in the store."""
    if type(record) is not Happened:
        return None
    source = record.input
    cid = getattr(source, "cid", "")
    if not cid:
        return None
    sender = getattr(source, "agent", "") or getattr(source, "author", "")
    return (sender, cid)


class Entry(Struct, frozen=True, gc=False):
    """A record with its place in the log.

    `seq` is dense over all records of the conversation; `visitor_prev` and `staff_prev` are the seq before it that the
    visitor, or staff, may see.  `body` is the record as JSON, made once and used by the store and every reader.
    `sender` and `cid` are set for what a client sent ("" for a visitor as the sender).
    """

    conversation: str
    seq: int
    at: Millis
    audience: Audience
    body: bytes
    visitor_prev: int = 0
    staff_prev: int = 0
    sender: str | None = None
    cid: str | None = None


_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Record] = msgspec.json.Decoder(Record)


def encode(record: Record) -> bytes:
    """Return `record` as JSON bytes."""
    return _encoder.encode(record)


def decode(body: bytes | str) -> Record:
    """Return the record in `body`; raises msgspec.ValidationError when it is none."""
    return _decoder.decode(body)
