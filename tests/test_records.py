"""Records keep what they hold, and only those who may see them do."""

import typing

import pytest

from appliance import inputs, records
from appliance.model import Audience, Visitor
from appliance.records import Happened, audience, decode, encode, sender_and_cid


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (inputs.VisitorSaid("c", "hi"), Audience.VISITOR),
        (inputs.AgentSaid("a", "c", "hi"), Audience.VISITOR),
        (inputs.AgentNoted("a", "c", "rude"), Audience.STAFF),
        (inputs.Offered("a", "李", 1, "售前", reasons={"full": ["b"]}), Audience.STAFF),
        (inputs.AgentTransferred("a", "c", note="careful"), Audience.STAFF),
        (inputs.StaffTagged("a", "c", ("x",)), Audience.STAFF),
        (inputs.TimerDue(1), Audience.NONE),
    ],
)
def test_the_audience_of_what_happened(source: inputs.Input, expected: Audience) -> None:
    assert audience(Happened(source)) is expected


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (records.Said("system", "hello"), Audience.VISITOR),
        (records.Assigned("a", "李"), Audience.VISITOR),
        (records.Noted("secret"), Audience.STAFF),
        (records.Failed("guard"), Audience.STAFF),
        (records.Tagged("x"), Audience.STAFF),
        (records.Reminded("agent"), Audience.STAFF),
    ],
)
def test_the_audience_of_what_was_emitted(record: records.Record, expected: Audience) -> None:
    assert audience(record) is expected


def test_every_kind_of_record_round_trips() -> None:
    fields: dict[str, object] = {
        "input": inputs.Opened(Visitor("v1"), "b", "c", "你好 \u0000 😀"),
        "facts": {"hours.open": True},
        "to": ("接待", "入口"),
        "menu": ("x",),
        "since": 5,
        "score": 3,
    }
    for kind in typing.get_args(records.Record):
        record = kind(**{name: fields.get(name, name) for name in kind.__struct_fields__})
        assert decode(encode(record)) == record


def test_what_clients_send_names_sender_and_client_id() -> None:
    assert sender_and_cid(Happened(inputs.AgentSaid("a7", "c9", "hi"))) == ("a7", "c9")
    assert sender_and_cid(Happened(inputs.VisitorSaid("c9", "hi"))) == ("", "c9")
    assert sender_and_cid(Happened(inputs.TimerDue(1))) is None
    assert sender_and_cid(records.Said("system", "hi")) is None
