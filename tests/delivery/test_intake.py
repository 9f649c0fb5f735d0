"""From frames to inputs: complete or refused, with the word for why."""

import pytest

from appliance import inputs
from appliance.delivery.commands import Peer
from appliance.delivery.frames import Do, Send
from appliance.delivery.intake import MESSAGE_BYTES, input_of
from appliance.errors import Refused
from appliance.inputs import Input
from tests.delivery.log import AGENT, CHIEF, VISITOR


@pytest.mark.parametrize(
    ("frame", "peer", "expected"),
    [
        (Send("k", None, "你好", "售前"), VISITOR, inputs.VisitorSaid("k", "你好", "售前")),
        (Send("k", "c1", "x"), AGENT, inputs.AgentSaid("a1", "k", "x", "小李")),
        (Send("k", "c1", "x", note=True), AGENT, inputs.AgentNoted("a1", "k", "x", "小李")),
        (Do("k", "c1", "end"), VISITOR, inputs.VisitorEnded("k")),
        (Do("k", "c1", "ask_human"), VISITOR, inputs.VisitorAskedHuman("k")),
        (Do("k", "c1", "rate", score=4, comment="好"), VISITOR, inputs.VisitorRated("k", 4, "好")),
        (Do("k", "c1", "form", fields={"电话": "1"}), VISITOR, inputs.FormSent("k", {"电话": "1"})),
        (Do("k", "c1", "recall", seq=3), VISITOR, inputs.Recalled("", "k", 3)),
        (Do("k", "c1", "recall", seq=3), AGENT, inputs.Recalled("a1", "k", 3)),
        (Do("k", "c1", "accept", visit=2), AGENT, None),
        (Do("k", "c1", "decline", visit=2), AGENT, None),
        (Do("k", "c1", "take"), AGENT, None),
        (Do("k", "c1", "close"), AGENT, inputs.AgentClosed("a1", "k")),
        (
            Do("k", "c1", "transfer", to_agent="a2", note="n"),
            AGENT,
            inputs.AgentTransferred("a1", "k", "a2", "", "n", "小李"),
        ),
        (Do("k", "c1", "tag", tags=["急", "急", "大"]), AGENT, inputs.StaffTagged("a1", "k", ("急", "大"))),
        (Do("k", "c1", "tag", tags=[]), AGENT, inputs.StaffTagged("a1", "k", ())),
        (Do("k", "c1", "join"), CHIEF, inputs.StaffJoined("s1", "k", "主管", True)),
        (Do("k", "c1", "leave"), CHIEF, inputs.StaffJoined("s1", "k", "主管", False)),
    ],
    ids=str,
)
def test_a_complete_frame_is_an_input(frame: Send | Do, peer: Peer, expected: Input | None) -> None:
    assert input_of(frame, peer) == expected


@pytest.mark.parametrize(
    ("frame", "peer", "code"),
    [
        (Send("k", None, ""), VISITOR, "invalid"),
        (Send("k", None, " \n"), VISITOR, "invalid"),
        (Send("k", None, "a\0b"), VISITOR, "invalid"),
        (Send("k", None, "x", note=True), VISITOR, "denied"),
        (Send("k", None, "x"), AGENT, "invalid"),
        (Send("k", None, "x" * (MESSAGE_BYTES + 1)), VISITOR, "too_long"),
        (Send("k", None, "好" * (MESSAGE_BYTES // 3 + 1)), VISITOR, "too_long"),
        (Do("k", "c1", "rate"), VISITOR, "invalid"),
        (Do("k", "c1", "rate", score=6), VISITOR, "invalid"),
        (Do("k", "c1", "rate", score=5, comment="x" * 9000), VISITOR, "too_long"),
        (Do("k", "c1", "form"), VISITOR, "invalid"),
        (Do("k", "c1", "form", fields={"a": ""}), VISITOR, "invalid"),
        (Do("k", "c1", "form", fields={"a\0": "1"}), VISITOR, "invalid"),
        (Do("k", "c1", "recall"), VISITOR, "invalid"),
        (Do("k", "c1", "accept"), AGENT, "invalid"),
        (Do("k", "c1", "transfer"), AGENT, "invalid"),
        (Do("k", "c1", "transfer", to_agent="a2", to_queue="售后"), AGENT, "invalid"),
        (Do("k", "c1", "tag"), AGENT, "invalid"),
        (Do("k", "c1", "tag", tags=["x"] * 33), AGENT, "invalid"),
        (Do("k", "c1", "close"), VISITOR, "denied"),
        (Do("k", "c1", "end"), AGENT, "denied"),
        (Do("k", "c1", "join"), AGENT, "denied"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_anything_else_is_refused(frame: Send | Do, peer: Peer, code: str) -> None:
    with pytest.raises(Refused) as caught:
        input_of(frame, peer)
    assert caught.value.code == code
    assert caught.value.cause.zh
    assert caught.value.cause.en


def test_a_message_of_exactly_the_limit_is_taken() -> None:
    assert input_of(Send("k", None, "x" * MESSAGE_BYTES), VISITOR) is not None
    assert input_of(Send("k", None, "x" * 16), VISITOR, message_bytes=16) is not None
