"""What each record looks like to each audience: the chain, the privacy of staff, recalled texts."""

import typing
from typing import Any

import msgspec
import pytest

from appliance import inputs, records
from appliance.delivery.events import Event, event_json, recalls
from appliance.model import Audience, Visitor
from appliance.records import Happened, Record
from tests.delivery.log import MemoryLog, hidden, noted, recalled, replied, said

STAFF, VISITOR = Audience.STAFF, Audience.VISITOR


def seen(record: Record, audience: Audience) -> dict[str, Any] | None:
    """Return the event without its place in the log."""
    data = event_json(MemoryLog().add(record, at=7), audience)
    if data is None:
        return None
    found: dict[str, Any] = msgspec.json.decode(data)
    assert (found.pop("seq"), found.pop("prev"), found.pop("at")) == (1, 0, 7)
    return found


CASES: list[tuple[Record, dict[str, Any], bool]] = [
    (
        Happened(inputs.Opened(Visitor("v1", "小王"), "b", "k", "你好")),
        {
            "kind": "message",
            "author": {"kind": "visitor", "id": "v1", "name": "小王"},
            "text": "你好",
            "cid": "k",
        },
        True,
    ),
    (
        said("x"),
        {"kind": "message", "author": {"kind": "visitor", "id": "", "name": ""}, "text": "x", "cid": "k"},
        True,
    ),
    (
        replied("x"),
        {"kind": "message", "author": {"kind": "agent", "id": "a1", "name": "小李"}, "text": "x", "cid": "k"},
        True,
    ),
    (
        records.Said("ai", "y", menu=("一", "二")),
        {
            "kind": "message",
            "author": {"kind": "ai", "id": "", "name": ""},
            "text": "y",
            "menu": ["一", "二"],
        },
        True,
    ),
    (
        noted("n"),
        {"kind": "note", "author": {"kind": "agent", "id": "a1", "name": "小李"}, "text": "n", "cid": "k"},
        False,
    ),
    (
        records.Noted("n"),
        {"kind": "note", "author": {"kind": "system", "id": "", "name": ""}, "text": "n"},
        False,
    ),
    (
        Happened(inputs.FormSent("k", {"电话": "1"})),
        {"kind": "form", "fields": {"电话": "1"}, "cid": "k"},
        True,
    ),
    (records.Assigned("a1", "小李", "售前"), {"kind": "joined", "agent": {"id": "a1", "name": "小李"}}, True),
    (records.Released("a1"), {"kind": "released", "agent": {"id": "a1", "name": ""}}, True),
    (records.Unqueued("售前"), {"kind": "unqueued"}, False),
    (Happened(inputs.VisitorEnded("k")), {"kind": "ended", "by": "visitor"}, True),
    (Happened(inputs.AgentClosed("a1", "k")), {"kind": "ended", "by": "agent"}, True),
    (records.Closed("结束"), {"kind": "closed"}, True),
    (records.RatingAsked(), {"kind": "rating_asked"}, True),
    (Happened(inputs.VisitorRated("k", 5)), {"kind": "other", "what": "visitor.rated"}, True),
    (records.RatingSaved(5, "好"), {"kind": "rated", "score": 5, "comment": "好"}, True),
    (records.FormAsked(), {"kind": "form_asked"}, True),
    (recalled(3), {"kind": "recalled", "target": 3}, True),
    (
        Happened(inputs.Offered("a1", "小李", 1, "售前", reasons={"规则": "最闲"})),
        {"kind": "why", "reasons": {"规则": "最闲"}, "agent": "a1", "queue": "售前"},
        False,
    ),
    (Happened(inputs.StaffTagged("a1", "k", ("急",))), {"kind": "tagged", "tags": ["急"]}, False),
    (records.Tagged("急"), {"kind": "tagged", "tags": ["急"], "added": True}, False),
    (
        Happened(inputs.AgentTransferred("a1", "k", to_queue="售后", note="请看", name="小李")),
        {"kind": "transferred", "by": {"id": "a1", "name": "小李"}, "to_queue": "售后", "note": "请看"},
        False,
    ),
    (records.Reminded("agent"), {"kind": "reminded", "who": "agent"}, False),
    (records.Failed("c"), {"kind": "failed", "cause": "c"}, False),
    (Happened(inputs.FoldDiffered("c")), {"kind": "failed", "cause": "c"}, False),
    (records.Parked("c"), {"kind": "parked", "cause": "c"}, False),
    (
        Happened(inputs.StaffJoined("s1", "k", "主管")),
        {"kind": "joined_staff", "agent": {"id": "s1", "name": "主管"}, "inside": True},
        False,
    ),
    (Happened(inputs.AgentLost("a1")), {"kind": "lost", "agent": "a1"}, False),
    (Happened(inputs.VisitorLeft()), {"kind": "other", "what": "visitor.left"}, False),
    (Happened(inputs.Custom("paid")), {"kind": "other", "what": "custom.paid"}, False),
    (Happened(inputs.AiAnswered(1, "secret")), {"kind": "other", "what": "ai.answer"}, False),
    (
        Happened(inputs.AgentAccepted("a1", "小李", 1), to=("人工",)),
        {"kind": "state", "to": ["人工"], "by": "agent.accept"},
        False,
    ),
]


@pytest.mark.parametrize(("record", "event", "public"), CASES, ids=lambda case: str(case)[:50])
def test_each_record_has_its_event(record: Record, event: dict[str, Any], public: bool) -> None:
    assert seen(record, STAFF) == event
    assert seen(record, VISITOR) == (event if public else None)


def test_every_record_and_input_has_a_case_or_is_hidden() -> None:
    shown = {type(record.input) if isinstance(record, Happened) else type(record) for record, _, _ in CASES}
    shown.add(records.Queued)
    unseen = {inputs.TimerDue, inputs.NobodyFree, inputs.Migrated}
    named = {type(source) for source, _ in NAMED}
    everything = {*typing.get_args(records.Record), *typing.get_args(inputs.Input)}
    assert everything - shown - unseen - named == {Happened}


NAMED: list[tuple[inputs.Input, str]] = [
    (inputs.VisitorAskedHuman("k"), "visitor.ask_human"),
    (inputs.VisitorKnown(Visitor("v1")), "visitor.known"),
    (inputs.AiFailed(1, "r"), "ai.failed"),
]


@pytest.mark.parametrize(("source", "name"), NAMED)
def test_an_input_without_a_shape_says_its_name(source: inputs.Input, name: str) -> None:
    assert seen(Happened(source), STAFF) == {"kind": "other", "what": name}


def test_a_queue_is_named_to_staff_only() -> None:
    assert seen(records.Queued("VIP专席", 5), STAFF) == {"kind": "queued", "since": 5, "queue": "VIP专席"}
    assert seen(records.Queued("VIP专席", 5), VISITOR) == {"kind": "queued", "since": 5}


def test_a_state_is_told_to_staff_only() -> None:
    record = Happened(inputs.VisitorSaid("k", "x"), to=("排队",))
    staff, visitor = seen(record, STAFF), seen(record, VISITOR)
    assert staff is not None
    assert visitor is not None
    assert staff.pop("state") == ["排队"]
    assert staff == visitor


def test_nobody_sees_what_is_hidden() -> None:
    entry = MemoryLog().add(hidden())
    assert event_json(entry, STAFF) is None
    assert event_json(entry, VISITOR) is None
    assert event_json(MemoryLog().add(said("x")), Audience.NONE) is None


def test_the_chain_is_that_of_the_audience() -> None:
    log = MemoryLog()
    entries = [log.add(record) for record in (said("1"), hidden(), noted("2"), replied("3"))]
    last = Event(entries[-1])
    assert (last.prev(VISITOR), last.prev(STAFF)) == (1, 3)
    visitor, staff = last.frame(VISITOR), last.frame(STAFF)
    assert visitor is not None
    assert staff is not None
    assert msgspec.json.decode(visitor)["prev"] == 1
    assert msgspec.json.decode(staff)["prev"] == 3


def test_an_event_frame_is_made_once_and_holds_the_event() -> None:
    entry = MemoryLog('c"1').add(said("x"))
    event = Event(entry)
    frame = event.frame(VISITOR)
    assert frame is not None
    assert frame is event.frame(VISITOR)
    decoded = msgspec.json.decode(frame)
    assert (decoded.pop("t"), decoded.pop("conversation")) == ("event", 'c"1')
    body = event_json(entry, VISITOR)
    assert body is not None
    assert decoded == msgspec.json.decode(body)
    assert Event(MemoryLog().add(noted("n"))).frame(VISITOR) is None


@pytest.mark.parametrize(
    "record", [said("secret"), replied("secret"), noted("secret"), records.Said("ai", "secret")]
)
def test_a_recalled_text_is_not_written_again(record: Record) -> None:
    data = event_json(MemoryLog().add(record), STAFF, recalled={1})
    assert data is not None
    assert b"secret" not in data
    assert msgspec.json.decode(data)["recalled"] is True


def test_recalled_fields_are_not_written_again() -> None:
    data = event_json(MemoryLog().add(Happened(inputs.FormSent("k", {"a": "secret"}))), STAFF, recalled={1})
    assert data is not None
    assert b"secret" not in data


def test_recalls_are_found_among_records() -> None:
    assert recalls([said("x"), recalled(4), recalled(7), hidden()]) == {4, 7}
