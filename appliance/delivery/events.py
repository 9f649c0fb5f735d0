"""What a committed record looks like on the wire, for one audience.

An event is made once per entry and audience, however many peers watch the conversation.  What an audience may not see
is not in its bytes; what was recalled is never written again.
"""

from collections.abc import Collection, Iterable
from typing import Final

import msgspec

from appliance import inputs, records
from appliance.delivery import kinds
from appliance.delivery.kinds import Kind
from appliance.inputs import Input
from appliance.model import Audience
from appliance.records import Entry, Happened, Record

_encode: Final = msgspec.json.Encoder().encode
# Every delivery asks for the audience, and finding a member of an enum costs ten times the comparison.
_NONE: Final = Audience.NONE
_STAFF: Final = Audience.STAFF
_VISITOR: Final = Audience.VISITOR


class Event:
    """A committed entry on its way to the peers; it keeps the bytes for each audience once they were asked for."""

    __slots__ = ("_frames", "conversation", "entry", "record", "seq")

    def __init__(self, entry: Entry, record: Record | None = None) -> None:
        """Take `record` along when it is at hand; otherwise the entry's body is decoded when it is needed."""
        self.entry = entry
        self.record = record
        self.conversation = entry.conversation
        self.seq = entry.seq
        self._frames: list[bytes | None] = [None, None, None]

    def frame(self, audience: Audience) -> bytes | None:
        """Return the whole `event` frame for `audience`, None when it may not see it."""
        data = self._frames[audience]
        if data is not None:
            return data
        entry = self.entry
        if entry.audience < audience or audience is _NONE:
            return None
        if audience is _STAFF and self._same_for_all():
            data = self._frames[audience] = self.frame(_VISITOR)
        if data is None:
            if self.record is None:
                self.record = records.decode(entry.body)
            body = event_json(entry, audience, record=self.record)
            if body is None:
                return None
            data = self._frames[audience] = b'{"t":"event","conversation":%b,%b' % (
                _encode(entry.conversation),
                body[1:],
            )
        return data

    def _same_for_all(self) -> bool:
        """Return whether staff sees exactly what the visitor sees, as of most messages: then the bytes are made once."""
        entry = self.entry
        if entry.audience is not _VISITOR or entry.visitor_prev != entry.staff_prev:
            return False
        if self.record is None:
            self.record = records.decode(entry.body)
        # Where the conversation went is for staff only.
        return (
            type(self.record) is Happened and self.record.to is None and type(self.record.input) in _MESSAGES
        )

    def prev(self, audience: Audience) -> int:
        """Return the seq before this one that `audience` may see."""
        return self.entry.visitor_prev if audience is _VISITOR else self.entry.staff_prev


def event_json(
    entry: Entry, audience: Audience, recalled: Collection[int] = (), record: Record | None = None
) -> bytes | None:
    """Return the event as it stands in an `events` frame (no `t`, no conversation), None when not for `audience`.

    The text of a message whose seq is in `recalled` is left out.  `record` spares decoding the body.
    """
    if entry.audience < audience or audience is _NONE:
        return None
    if record is None:
        record = records.decode(entry.body)
    staff = audience is _STAFF
    head = (entry.seq, entry.staff_prev if staff else entry.visitor_prev, entry.at)
    if type(record) is Happened:
        state = list(record.to) if staff and record.to is not None else None
        return _encode(_of_input(head, record.input, state, staff, entry.seq in recalled))
    return _encode(_of_record(head, record, staff, entry.seq in recalled))


def recalls(found: Iterable[Record]) -> set[int]:
    """Return the seqs that records among `found` take back."""
    return {
        record.input.seq
        for record in found
        if type(record) is Happened and type(record.input) is inputs.Recalled
    }


_Head = tuple[int, int, int]
_BY_VISITOR = kinds.Writer("visitor")


def _of_input(head: _Head, source: Input, state: list[str] | None, staff: bool, recalled: bool) -> Kind:
    match source:
        case inputs.VisitorSaid() | inputs.Opened():
            writer = _BY_VISITOR
            if type(source) is inputs.Opened:
                writer = kinds.Writer("visitor", source.visitor.id, source.visitor.name)
            text = "" if recalled else source.text
            return kinds.Message(*head, writer, text, source.cid, recalled=recalled, state=state)
        case inputs.AgentSaid():
            writer = kinds.Writer("agent", source.agent, source.name)
            text = "" if recalled else source.text
            return kinds.Message(*head, writer, text, source.cid, recalled=recalled, state=state)
        case inputs.AgentNoted():
            writer = kinds.Writer("agent", source.agent, source.name)
            text = "" if recalled else source.text
            return kinds.Note(*head, writer, text, source.cid, recalled=recalled, state=state)
        case inputs.FormSent():
            return kinds.Form(
                *head, {} if recalled else source.fields, source.cid, recalled=recalled, state=state
            )
        case inputs.VisitorEnded():
            return kinds.Ended(*head, "visitor", state=state)
        case inputs.AgentClosed():
            return kinds.Ended(*head, "agent", state=state)
        case inputs.Recalled():
            return kinds.Recalled(*head, source.seq, state=state)
        case inputs.Offered():
            return kinds.Why(*head, source.reasons, source.agent, source.queue, state=state)
        case inputs.AgentTransferred():
            return kinds.Transferred(
                *head,
                kinds.Person(source.agent, source.name),
                source.note,
                source.to_agent,
                source.to_queue,
                state=state,
            )
        case inputs.FoldDiffered():
            return kinds.Failed(*head, source.cause)
        case inputs.AgentLost():
            return kinds.Lost(*head, source.agent, state=state)
        case inputs.StaffJoined():
            return kinds.JoinedStaff(
                *head, kinds.Person(source.agent, source.name), source.inside, state=state
            )
        case inputs.StaffTagged():
            return kinds.Tagged(*head, list(source.tags), state=state)
    what = _NAMES.get(type(source), "") or f"custom.{getattr(source, 'name', '')}"
    if state is None:
        return kinds.Other(*head, what)
    return kinds.State(*head, state, what)


def _of_record(head: _Head, record: Record, staff: bool, recalled: bool) -> Kind:
    match record:
        case records.Said():
            writer = kinds.Writer("ai" if record.author == "ai" else "system")
            return kinds.Message(
                *head, writer, "" if recalled else record.text, menu=record.menu, recalled=recalled
            )
        case records.Queued():
            return kinds.Queued(*head, record.since, record.queue if staff else "")
        case records.Unqueued():
            return kinds.Unqueued(*head)
        case records.Assigned():
            return kinds.Joined(*head, kinds.Person(record.agent, record.name))
        case records.Released():
            return kinds.Released(*head, kinds.Person(record.agent))
        case records.RatingAsked():
            return kinds.RatingAsked(*head)
        case records.RatingSaved():
            return kinds.Rated(*head, record.score, record.comment)
        case records.FormAsked():
            return kinds.FormAsked(*head)
        case records.Closed():
            return kinds.Closed(*head)
        case records.Noted():
            return kinds.Note(*head, kinds.Writer("system"), record.text)
        case records.Tagged():
            return kinds.Tagged(*head, [record.tag], added=True)
        case records.Reminded():
            return kinds.Reminded(*head, record.who)
        case records.Failed():
            return kinds.Failed(*head, record.cause)
        case records.Parked():
            return kinds.Parked(*head, record.cause)
    return kinds.Other(*head, type(record).__name__)


_MESSAGES: Final = frozenset({inputs.VisitorSaid, inputs.AgentSaid})

_NAMES: Final[dict[type, str]] = {
    inputs.VisitorLeft: "visitor.left",
    inputs.VisitorAskedHuman: "visitor.ask_human",
    inputs.VisitorRated: "visitor.rated",
    inputs.VisitorKnown: "visitor.known",
    inputs.AgentAccepted: "agent.accept",
    inputs.NobodyFree: "assign.none",
    inputs.TimerDue: "timer",
    inputs.AiAnswered: "ai.answer",
    inputs.AiFailed: "ai.failed",
    inputs.FoldDiffered: "log.differs",
}
"""Inputs without a shape of their own, by the name flows know them by; Custom carries its name."""
