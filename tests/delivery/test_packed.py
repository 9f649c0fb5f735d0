"""Packing: bytes once, and the key by which a newer frame replaces an older one."""

import pytest

from appliance.delivery import frames
from appliance.delivery.codec import encode
from appliance.delivery.packed import Key, pack


@pytest.mark.parametrize(
    ("frame", "key"),
    [
        (frames.Typing("c1", "visitor", "小王", True), ("typing", "c1", "visitor")),
        (frames.Queue("c1", 1, 1, None), ("queue", "c1")),
        (frames.Desk([], [], []), ("desk",)),
        (frames.Status("ready"), ("presence",)),
        (frames.Remind("c1"), None),
        (frames.Left("c1"), None),
    ],
)
def test_what_may_be_replaced_has_a_key(frame: frames.ServerFrame, key: Key | None) -> None:
    packed = pack(frame)
    assert packed.key == key
    assert packed.data == encode(frame)
