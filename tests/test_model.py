"""Ids sort by time; snapshots survive the store."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from appliance.model import Checkpoint, Heads, Held, Snapshot, Timer, Visitor, Waiting, new_id

times = st.integers(min_value=0, max_value=2**48 - 1)
entropy = st.binary(min_size=10, max_size=10)


@given(times, times, entropy, entropy)
def test_ids_sort_by_time(one: int, other: int, salt: bytes, pepper: bytes) -> None:
    first, second = new_id(one, salt), new_id(other, pepper)
    assert len(first) == 26
    if one != other:
        assert (first < second) == (one < other)


@given(times, entropy, entropy)
def test_ids_of_one_moment_differ_by_their_entropy(now: int, salt: bytes, pepper: bytes) -> None:
    assert (new_id(now, salt) == new_id(now, pepper)) == (salt == pepper)


def test_a_checkpoint_survives_encoding_whole() -> None:
    snapshot = Snapshot(
        "c1",
        Visitor("v1", "王", 3, ("VIP",), signed=True),
        "bundle",
        1_000,
        active=("接待", "排队", "分配客服"),
        entered=(1_000, 1_000, 2_000),
        timers=(Timer(21_000, 1, "等待接入", 0),),
        waiting=Waiting("售前", 1_000, "排队", asking=True, visit=2, asked_by="分配客服"),
        held=Held("a1", "李", "人工服务", 3_000),
        vars={"次数": 1},
    )
    saved = Checkpoint(snapshot, Heads(7, 6, 7), 1)
    assert msgspec.json.decode(msgspec.json.encode(saved), type=Checkpoint) == saved


def test_a_snapshot_is_open_until_it_has_an_end() -> None:
    snapshot = Snapshot("c1", Visitor("v1"), "b", 0)
    assert snapshot.open
    assert not msgspec.structs.replace(snapshot, closed_at=5).open
