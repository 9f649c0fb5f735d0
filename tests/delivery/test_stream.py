"""Pages of the log as frames: chains, declared gaps, bounded sizes."""

import msgspec

from appliance.delivery.codec import encode
from appliance.delivery.frames import Gap
from appliance.delivery.stream import PAGE_BYTES, PART_BYTES, page, skipped
from appliance.model import Audience
from tests.delivery.log import MemoryLog, hidden, noted, recalled, said

STAFF, VISITOR = Audience.STAFF, Audience.VISITOR


def test_a_complete_page_has_no_gap() -> None:
    log = MemoryLog()
    for record in (said("1"), hidden(), noted("2"), said("3")):
        log.add(record)
    reading = page("c1", VISITOR, 1, log.read(VISITOR, 1), 4, frozenset())
    assert reading.last == 4
    (frame,) = reading.frames
    assert (frame.after, frame.head, frame.gap) == (1, 4, None)
    assert [msgspec.json.decode(event)["seq"] for event in frame.events] == [4]


def test_what_is_missing_before_the_first_is_declared() -> None:
    log = MemoryLog()
    for number in range(9):
        log.add(said(str(number)))
    reading = page("c1", VISITOR, 2, log.read(VISITOR, 2, limit=3), 9, frozenset())
    assert reading.frames[0].gap == Gap(3, 6)
    assert encode(reading.frames[0]).endswith(b'"gap":{"from":3,"to":6}}')


def test_nothing_new_is_an_empty_page() -> None:
    reading = page("c1", VISITOR, 5, [], 5, frozenset())
    assert reading.last == 5
    assert [(frame.events, frame.after, frame.gap) for frame in reading.frames] == [([], 5, None)]


def test_a_skipped_stretch_is_a_gap_up_to_the_head() -> None:
    reading = skipped("c1", 3, 9)
    assert reading.last == 9
    assert reading.frames[0].gap == Gap(4, 9)


def test_large_pages_are_parted_and_cut_to_the_newest() -> None:
    log = MemoryLog()
    for number in range(100):
        log.add(said(f"{number} " + "x" * 8_000))
    reading = page("c1", STAFF, 0, log.read(STAFF), 100, frozenset())
    sizes = [sum(map(len, map(bytes, frame.events))) for frame in reading.frames]
    assert all(size <= PART_BYTES for size in sizes)
    assert PAGE_BYTES - 10_000 < sum(sizes) <= PAGE_BYTES
    assert reading.last == 100
    first = msgspec.json.decode(reading.frames[0].events[0])["seq"]
    assert reading.frames[0].gap == Gap(1, first - 1)
    last = 0
    for number, frame in enumerate(reading.frames):
        seqs = [msgspec.json.decode(event)["seq"] for event in frame.events]
        assert frame.after == last
        assert (frame.gap is None) is (number > 0)
        assert seqs == list(range(first, first + len(seqs)))
        first = last = seqs[-1]
        first += 1


def test_an_event_larger_than_a_part_still_goes() -> None:
    log = MemoryLog()
    log.add(said("\x01" * 9_000))
    reading = page("c1", STAFF, 0, log.read(STAFF), 1, frozenset())
    assert len(reading.frames) == 1
    assert reading.last == 1


def test_recalled_texts_stay_out_whether_the_recall_is_on_the_page_or_not() -> None:
    log = MemoryLog()
    for record in (said("secret one"), said("secret two"), said("open"), recalled(1)):
        log.add(record)
    reading = page("c1", VISITOR, 0, log.read(VISITOR), 4, frozenset({2}))
    data = encode(reading.frames[0])
    assert b"secret" not in data
    assert b"open" in data
