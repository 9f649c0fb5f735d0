"""Bytes of strangers: whatever they are, they become a frame or one coded error."""

import typing

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.delivery import frames
from appliance.delivery.codec import decode, encode
from appliance.errors import ProtocolError


def test_a_frame_is_decoded_and_unknown_fields_are_passed_over() -> None:
    data = b'{"t":"send","cid":"k1","conversation":null,"text":"\xe4\xbd\xa0\xe5\xa5\xbd","later":{"x":[1]}}'
    assert decode(data, "visitor") == frames.Send("k1", None, "你好")
    assert decode(data.decode(), "agent") == frames.Send("k1", None, "你好")


def test_visitors_do_not_know_the_frames_of_staff() -> None:
    data = b'{"t":"presence","status":"ready"}'
    assert decode(data, "agent") == frames.Presenting("ready")
    with pytest.raises(ProtocolError) as caught:
        decode(data, "visitor")
    assert caught.value.code == 4501


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b'[{"t":"ping","n":1}]',
        b'{"t":"ping"}',
        b'{"t":"ping","n":"1"}',
        b'{"t":"ping","n":1.5}',
        b'{"t":"ping","n":' + b"9" * 400 + b"}",
        b'{"t":"ping","n":9007199254740993}',
        b'{"t":"read","conversation":"c","seq":-1}',
        b'{"t":"read","conversation":"","seq":1}',
        b'{"t":"got","cursors":{"' + b"c" * 65 + b'":1}}',
        b'{"t":"hello","v":2}',
        b'{"t":"nonsense"}',
        b'{"t":"send","cid":"' + b"k" * 65 + b'","conversation":null,"text":"x"}',
        b'{"t":"send","cid":"k","conversation":null,"text":"\\ud800"}',
        b'{"t":"send","cid":"k","conversation":null,"text":"\\udc00 tail"}',
        b'{"t":"send","cid":"k","conversation":null,"text":"\xff"}',
        b'{"t":"ping","n":1,"x":' + b"[" * 30_000 + b"]" * 30_000 + b"}",
        b'{"t":"ping","n":1,"x":' + b'{"a":' * 10_000,
        "\ud800",
        '{"t":"send","cid":"k","conversation":null,"text":"\ud800"}',
    ],
    ids=lambda data: repr(data[:40]),
)
@pytest.mark.parametrize("role", ["visitor", "agent"])
def test_what_is_no_frame_is_a_coded_error(data: bytes | str, role: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        decode(data, role)
    assert caught.value.code == 4501
    assert caught.value.cause.zh
    assert caught.value.cause.en


def test_a_frame_over_the_limit_is_too_big() -> None:
    small = b'{"t":"pong","n":1}'
    assert decode(small.ljust(frames.FRAME_BYTES), "visitor") == frames.Pong(1)
    with pytest.raises(ProtocolError) as caught:
        decode(small.ljust(frames.FRAME_BYTES + 1), "visitor")
    assert caught.value.code == 1009


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
_TAGS = st.sampled_from(
    ["hello", "send", "do", "got", "read", "typing", "sync", "ping", "pong", "presence", "watch"]
)
_FIELDS = st.sampled_from(
    ["v", "cid", "conversation", "text", "act", "cursors", "seq", "on", "after", "n", "status", "page"]
)
_ALMOST = st.builds(
    lambda tag, fields: msgspec.json.encode({"t": tag, **fields}),
    _TAGS,
    st.dictionaries(
        _FIELDS, st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.text(), max_size=5
    ),
)


@given(
    st.binary(max_size=300) | _JSON.map(msgspec.json.encode) | _ALMOST, st.sampled_from(["visitor", "agent"])
)
def test_no_bytes_raise_anything_else(data: bytes, role: str) -> None:
    outcome = outcome_of(data, role)
    assert outcome == 4501 or isinstance(outcome, typing.get_args(frames.ClientFrame))


def outcome_of(data: bytes, role: str) -> object:
    """Return the frame in `data`, or the close code that it earns."""
    try:
        return decode(data, role)
    except ProtocolError as error:
        return error.code


def test_a_server_frame_leaves_out_defaults_and_keeps_nulls_without_one() -> None:
    assert encode(frames.Queue("c1", 1, 2, None)) == (
        b'{"t":"queue","conversation":"c1","position":1,"length":2,"wait":null}'
    )
    assert encode(frames.Retry("k1", 500)) == b'{"t":"retry","cid":"k1","retry_after":500}'
    assert b"retry_after" not in encode(frames.Refused("k1", "closed", "完", "over"))
