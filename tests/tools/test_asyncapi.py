"""The description of the wire and the code know the same frames and fields, and real frames keep to it."""

import typing
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
import yaml
from jsonschema import Draft202012Validator

from appliance import inputs
from appliance.delivery import codes, frames, kinds
from appliance.delivery.cards import AgentLine, QueueLine, ReplyLine, VisitorCard, WaitingLine
from appliance.delivery.codec import decode, encode
from appliance.delivery.events import Event, event_json
from appliance.model import Audience, Visitor
from appliance.records import Happened, Queued, Said
from tests.delivery.log import MemoryLog, card, noted, recalled, replied, said, welcome
from tools import asyncapi

DOCUMENT: dict[str, Any] = yaml.safe_load(asyncapi.text())

FRAMES = [
    *(
        (side, struct)
        for side, union in (("client", frames.ClientFrame), ("server", frames.ServerFrame))
        for struct in typing.get_args(union)
    ),
    *(("event", struct) for struct in typing.get_args(kinds.Kind)),
]

# The protocol as it was agreed, written down by hand: a field that vanishes or appears must be meant.
AGREED = {
    "client.hello": "v token session epoch cursors lang page identity",
    "client.send": "cid conversation text menu note",
    "client.do": "cid conversation act score comment fields seq visit to_agent to_queue note tags",
    "client.got": "cursors",
    "client.read": "conversation seq",
    "client.typing": "conversation on text",
    "client.sync": "conversation after before limit",
    "client.presence": "status",
    "client.watch": "conversation on",
    "client.ping": "n heads",
    "client.pong": "n",
    "server.welcome": "session epoch now token you limits site greeting conversations presence desk replies mode",
    "server.joined": "conversation",
    "server.left": "conversation",
    "server.events": "conversation events after head gap",
    "server.ack": "cid conversation seq at",
    "server.refused": "cid code zh en retry_after",
    "server.retry": "cid retry_after",
    "server.receipts": "conversation reader delivered read",
    "server.typing": "conversation who name on text",
    "server.queue": "conversation position length wait",
    "server.offer": "conversation visit queue until visitor",
    "server.unoffer": "conversation visit",
    "server.remind": "conversation",
    "server.desk": "queues waiting agents banner",
    "server.presence": "status",
    "server.ping": "n heads",
    "server.pong": "n",
    "server.mode": "tier off since load cause until",
    "server.notice": "code zh en level",
}  # fmt: skip


def schema_of(message: str) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT
    reference = DOCUMENT["components"]["messages"][message]["payload"]["$ref"]
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


def problems(message: str, data: bytes | None) -> list[str]:
    """Return what the schema of `message` has against `data`."""
    assert data is not None
    reference = DOCUMENT["components"]["messages"][message]["payload"]
    validator = Draft202012Validator({**reference, "components": DOCUMENT["components"]})
    return [error.message for error in validator.iter_errors(msgspec.json.decode(data))]


def references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_it_is_an_asyncapi_document_whose_references_lead_somewhere() -> None:
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= set(DOCUMENT["info"])
    for operation in DOCUMENT["operations"].values():
        assert operation["action"] in ("send", "receive")
    for reference in set(references(DOCUMENT)):
        node: Any = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]
        assert node


def test_schema_and_code_know_the_same_frames() -> None:
    messages = set(DOCUMENT["components"]["messages"])
    known = {f"{side}.{struct.__struct_config__.tag}" for side, struct in FRAMES if side != "event"}
    assert messages == known | {"server.event"}
    assert messages == set(AGREED) | {"server.event"}


@pytest.mark.parametrize("message", AGREED)
def test_every_frame_has_the_fields_that_were_agreed(message: str) -> None:
    assert set(schema_of(message)["properties"]) == {"t", *AGREED[message].split()}


@pytest.mark.parametrize(("side", "struct"), FRAMES, ids=lambda value: getattr(value, "__name__", value))
def test_schema_and_code_know_the_same_fields(side: str, struct: type[msgspec.Struct]) -> None:
    schema = DOCUMENT["components"]["schemas"][f"{side}.{struct.__name__}"]
    config = struct.__struct_config__
    assert config.tag_field is not None
    assert set(schema["properties"]) == {config.tag_field, *struct.__struct_encode_fields__}
    required = {field.encode_name for field in msgspec.structs.fields(struct) if field.required}
    assert set(schema["required"]) == {config.tag_field, *required}
    assert schema["description"]


def test_visitors_are_promised_nothing_of_staff() -> None:
    visitor = set(DOCUMENT["channels"]["visitor"]["messages"])
    agent = set(DOCUMENT["channels"]["agent"]["messages"])
    assert agent - visitor == {*asyncapi.FOR_STAFF, "client.presence", "client.watch"}
    assert visitor <= agent


def test_all_codes_stand_in_it() -> None:
    assert {row["code"] for row in DOCUMENT["x-close-codes"]} == set(codes.CLOSE_CODES)
    assert {row["code"] for row in DOCUMENT["x-refusals"]} == set(codes.REFUSALS)


CLIENT_EXAMPLES = {
    "client.hello": b'{"t":"hello","v":1,"token":null,"session":null,"epoch":null,"cursors":{"c1":3},"lang":"zh",'
    b'"page":{"url":"https://shop.example/","title":"x","referrer":""},"identity":null}',
    "client.send": b'{"t":"send","cid":"k1","conversation":null,"text":"x","menu":"y"}',
    "client.do": b'{"t":"do","cid":"k1","conversation":"c1","act":"rate","score":5,"comment":"x"}',
    "client.got": b'{"t":"got","cursors":{"c1":3}}',
    "client.read": b'{"t":"read","conversation":"c1","seq":3}',
    "client.typing": b'{"t":"typing","conversation":"c1","on":true,"text":"x"}',
    "client.sync": b'{"t":"sync","conversation":"c1","after":0,"before":9,"limit":50}',
    "client.presence": b'{"t":"presence","status":"ready"}',
    "client.watch": b'{"t":"watch","conversation":"c1","on":true}',
    "client.ping": b'{"t":"ping","n":1}',
    "client.pong": b'{"t":"pong","n":1}',
}


@pytest.mark.parametrize("message", CLIENT_EXAMPLES)
def test_client_examples_are_valid_and_understood(message: str) -> None:
    data = CLIENT_EXAMPLES[message]
    assert problems(message, data) == []
    assert isinstance(decode(data, "agent"), typing.get_args(frames.ClientFrame))


def test_every_client_frame_has_an_example() -> None:
    assert set(CLIENT_EXAMPLES) == {name for name in AGREED if name.startswith("client.")}


_VISITOR = VisitorCard("v1", "小王", 2, ("急",), "zh", "https://shop.example/")
SERVER_EXAMPLES: list[frames.ServerFrame] = [
    welcome(card(head=3)),
    frames.Joined(
        msgspec.structs.replace(card(), visitor=_VISITOR, state="人工", why={"规则": "最闲", "n": 1})
    ),
    frames.Left("c1"),
    frames.Events(
        "c1",
        [msgspec.Raw(event_json(MemoryLog().add(said("x")), Audience.VISITOR) or b"")],
        0,
        1,
        frames.Gap(1, 2),
    ),
    frames.Ack("k", "c1", 1, 5),
    frames.Refused("k", "rate", "慢", "slow", 100),
    frames.Retry("k", 100),
    frames.Receipts("c1", "visitor", 2, 1),
    frames.Typing("c1", "visitor", "小王", True, "x"),
    frames.Queue("c1", 1, 3, None),
    frames.Offer("c1", 1, "售前", 99, "小王"),
    frames.Unoffer("c1", 1),
    frames.Remind("c1"),
    frames.Desk(
        [QueueLine("售前", 1, None, 2)],
        [WaitingLine("c1", "售前", 1, 5, False, _VISITOR, True)],
        [AgentLine("a1", "小李", "agent", "ready", "ready", 1, 8)],
    ),
    frames.Status("ready"),
    frames.Ping(1, {"c1": 3}),
    frames.Pong(1),
    frames.Mode(2, ("read_receipts", "typing"), 1, 0.9, "loop", 9),
    frames.Notice("drain", "重启", "restart", "info"),
]


@pytest.mark.parametrize("frame", SERVER_EXAMPLES, ids=lambda frame: type(frame).__name__)
def test_server_examples_are_valid(frame: frames.ServerFrame) -> None:
    tag = frame.__struct_config__.tag
    assert problems(f"server.{tag}", encode(frame)) == []


def test_every_server_frame_has_an_example() -> None:
    assert {type(frame) for frame in SERVER_EXAMPLES} == set(typing.get_args(frames.ServerFrame))


@pytest.mark.parametrize(
    "record",
    [
        said("x"),
        replied("x"),
        noted("x"),
        recalled(1),
        Said("system", "选一个", menu=("一", "二")),
        Queued("售前", 5),
        Happened(inputs.Opened(Visitor("v1", "小王"), "b", "k", "x"), to=("排队",)),
        Happened(inputs.Offered("a1", "小李", 1, "售前", reasons={"规则": ["最闲", 2]})),
        Happened(inputs.AgentAccepted("a1", "小李", 1), to=("人工",)),
    ],
    ids=str,
)
def test_live_events_are_valid(record: Any) -> None:
    event = Event(MemoryLog().add(record))
    assert problems("server.event", event.frame(Audience.STAFF)) == []


def test_the_schema_can_say_no() -> None:
    assert problems("client.ping", b'{"t":"ping"}')
    assert problems("client.presence", b'{"t":"presence","status":"asleep"}')
    assert problems(
        "server.event", b'{"t":"event","conversation":"c1","kind":"nonsense","seq":1,"prev":0,"at":0}'
    )
    assert problems("server.ack", b'{"t":"ack","cid":"k","conversation":"c1","seq":"1","at":0}')
    assert problems("server.welcome", encode(frames.Pong(1)))


def test_quick_replies_may_stand_in_a_welcome() -> None:
    full = msgspec.structs.replace(welcome(), replies=[ReplyLine("r1", "hi", "您好", "")], token="t")
    assert problems("server.welcome", encode(full)) == []
