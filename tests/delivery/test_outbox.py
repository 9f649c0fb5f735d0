"""The outbox: order, caps, what is dropped first, and what fits into the transport."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from appliance.delivery.frames import Receipts
from appliance.delivery.outbox import TRANSPORT_BYTES, Outbox


def everything(outbox: Outbox) -> list[object]:
    return [msgspec.json.decode(data) for data in outbox.take_all()]


def test_one_frame_stays_an_object_and_several_become_an_array() -> None:
    outbox = Outbox()
    outbox.put(b"1")
    assert outbox.take(TRANSPORT_BYTES) == b"1"
    outbox.put(b"1")
    outbox.put(b"2")
    assert outbox.take(TRANSPORT_BYTES) == b"[1,2]"
    assert outbox.take(TRANSPORT_BYTES) is None
    assert not outbox
    assert outbox.size == 0


def test_only_what_fits_is_taken() -> None:
    outbox = Outbox()
    for _ in range(3):
        outbox.put(b'"' + b"x" * 98 + b'"')
    taken = outbox.take(250)
    assert taken is not None
    assert len(taken) <= 250
    assert len(outbox) == 1
    assert outbox.take(90) is None, "nothing is torn"


def test_a_frame_larger_than_the_transport_goes_alone_when_all_of_it_is_free() -> None:
    outbox = Outbox()
    large = b'"' + b"x" * TRANSPORT_BYTES + b'"'
    outbox.put(large)
    outbox.put(b"2")
    assert outbox.take(TRANSPORT_BYTES - 1) is None
    assert outbox.take(TRANSPORT_BYTES) == large
    assert outbox.take(TRANSPORT_BYTES) == b"2"


def test_the_welcome_goes_first() -> None:
    outbox = Outbox()
    outbox.put(b"2")
    outbox.put_first(b"1")
    assert everything(outbox) == [1, 2]


def test_passing_frames_hold_the_latest_and_come_after_the_ordered_ones() -> None:
    outbox = Outbox()
    outbox.pass_on(("queue", "c1"), b"3")
    outbox.put(b"1")
    outbox.pass_on(("queue", "c1"), b"2")
    outbox.pass_on(("desk",), b"9")
    assert everything(outbox) == [1, 2, 9]
    assert outbox.size == 0


def test_receipts_are_maxima() -> None:
    outbox = Outbox()
    outbox.receipt(Receipts("c1", "visitor", 5, 2))
    outbox.receipt(Receipts("c1", "visitor", 3, 4))
    outbox.receipt(Receipts("c2", "visitor", 1, 1))
    assert everything(outbox) == [
        {"t": "receipts", "conversation": "c1", "reader": "visitor", "delivered": 5, "read": 4},
        {"t": "receipts", "conversation": "c2", "reader": "visitor", "delivered": 1, "read": 1},
    ]


def test_over_the_cap_passing_frames_go_first() -> None:
    outbox = Outbox(most_frames=10, most_bytes=100)
    outbox.pass_on(("desk",), b"9" * 60)
    outbox.put(b"1" * 50)
    assert not outbox.slow
    assert outbox.take_all() == [b"1" * 50]


def test_a_passing_frame_without_room_is_dropped() -> None:
    outbox = Outbox(most_frames=10, most_bytes=100)
    outbox.put(b"1" * 50)
    outbox.pass_on(("desk",), b"2" * 40)
    outbox.pass_on(("desk",), b"3" * 60)
    assert outbox.take_all() == [b"1" * 50]
    assert outbox.size == 0


def test_still_over_the_cap_the_peer_is_slow_and_the_memory_is_free() -> None:
    by_count = Outbox(most_frames=3)
    for _ in range(4):
        by_count.put(b"1")
    by_bytes = Outbox(most_bytes=10)
    by_bytes.put(b"1" * 11)
    for outbox in (by_count, by_bytes):
        assert outbox.slow
        assert outbox.size == 0
        outbox.put(b"2")
        assert not outbox, "nothing is collected for a peer that is being cut off"


_STEPS = st.lists(
    st.tuples(st.sampled_from(["put", "pass", "receipt", "take"]), st.integers(0, 200)), max_size=120
)


@given(_STEPS)
def test_caps_hold_and_order_is_kept_whatever_happens(steps: list[tuple[str, int]]) -> None:
    outbox = Outbox(most_frames=20, most_bytes=2_000)
    put: list[int] = []
    got: list[int] = []
    for number, (what, size) in enumerate(steps):
        if what == "put":
            outbox.put(msgspec.json.encode({"n": number, "x": "x" * size}))
            put.append(number)
        elif what == "pass":
            outbox.pass_on(("p", str(size % 3)), msgspec.json.encode({"p": "x" * size}))
        elif what == "receipt":
            outbox.receipt(Receipts("c", str(size % 2), size, size))
        else:
            data = outbox.take(size * 4)
            if data is not None:
                assert len(data) <= size * 4
                found = msgspec.json.decode(data)
                got += [each["n"] for each in (found if isinstance(found, list) else [found]) if "n" in each]
        assert outbox.size <= 2_000
        assert outbox.size >= 0
    if not outbox.slow:
        got += [each["n"] for each in map(msgspec.json.decode, outbox.take_all()) if "n" in each]
        assert got == put
        assert outbox.size == 0
    else:
        assert got == put[: len(got)]
