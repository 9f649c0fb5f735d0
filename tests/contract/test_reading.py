"""Log's questions: histories by audience and window, client ids, lists, receipts."""

import pytest

from appliance.model import Audience
from appliance.ports import Marks, Store
from tests.contract.samples import T0, Draft, everything, stored

SEEN = [Audience.VISITOR, Audience.STAFF, Audience.NONE, Audience.VISITOR, Audience.STAFF, Audience.VISITOR]


@pytest.fixture
async def history(store: Store) -> Store:
    """A store with conversation c1 of six entries, seq 1..6, for the audiences in SEEN."""
    draft = Draft("c1")
    await stored(store, draft.unit(*(draft.entry(str(n), audience) for n, audience in enumerate(SEEN))))
    return store


@pytest.mark.parametrize(
    ("audience", "seqs"),
    [(Audience.VISITOR, [1, 4, 6]), (Audience.STAFF, [1, 2, 4, 5, 6]), (Audience.NONE, [1, 2, 3, 4, 5, 6])],
)
async def test_an_audience_sees_its_own(history: Store, audience: Audience, seqs: list[int]) -> None:
    assert [entry.seq for entry in await history.read("c1", audience)] == seqs


async def test_prev_names_the_entry_before_it_for_each_audience(history: Store) -> None:
    seen = await everything(history, "c1")
    assert [entry.visitor_prev for entry in seen] == [0, 1, 1, 1, 4, 4]
    assert [entry.staff_prev for entry in seen] == [0, 1, 2, 2, 4, 5]


@pytest.mark.parametrize(
    ("after", "before", "limit", "newest", "seqs"),
    [
        (0, None, 2, False, [1, 2]),
        (0, None, 2, True, [5, 6]),
        (2, None, 500, False, [4, 5, 6]),
        (2, 5, 500, False, [4]),
        (1, 6, 2, True, [4, 5]),
        (0, 1, 500, False, []),
        (0, 0, 500, False, []),
        (6, None, 500, False, []),
        (99, None, 500, True, []),
        (0, 99, 500, False, [1, 2, 4, 5, 6]),
        (0, None, 0, True, []),
        (0, None, -1, False, []),
    ],
)
async def test_a_window_of_the_history(
    history: Store, after: int, before: int | None, limit: int, newest: bool, seqs: list[int]
) -> None:
    found = await history.read("c1", Audience.STAFF, after, before, limit, newest)
    assert [entry.seq for entry in found] == seqs


async def test_five_hundred_are_read_unless_told_otherwise(store: Store) -> None:
    draft = Draft("c1")
    await stored(store, draft.unit(*(draft.entry() for _ in range(502))))
    assert [entry.seq for entry in await store.read("c1", Audience.NONE)] == list(range(1, 501))
    assert len(await store.read("c1", Audience.NONE, limit=1_000)) == 502


async def test_an_unknown_conversation_is_empty(store: Store) -> None:
    assert await store.read("c9", Audience.NONE) == []
    assert await store.load("c9") is None
    assert await store.recent_cids("c9") == []
    assert await store.marks("c9") == []


async def test_find_answers_by_sender_and_client_id(store: Store) -> None:
    one, two = Draft("c1"), Draft("c2")
    unit = two.unit(two.entry("b", cid="m1", sender="kim"))
    await stored(store, one.unit(one.entry("a", cid="m1", sender="lee")), unit)
    assert await store.find("kim", "m1") == unit.entries[0]
    assert await store.find("kim", "m2") is None
    assert await store.find("ann", "m1") is None


async def test_recent_client_ids_are_the_last_ones_ascending(store: Store) -> None:
    draft = Draft("c1")
    entries = [draft.entry(cid=f"m{n}" if n % 2 else None) for n in range(10)]
    await stored(store, draft.unit(*entries))
    assert [entry.cid for entry in await store.recent_cids("c1")] == ["m1", "m3", "m5", "m7", "m9"]
    assert await store.recent_cids("c1", 2) == [entries[7], entries[9]]
    assert await store.recent_cids("c1", 0) == []


async def test_conversations_are_listed_newest_first(store: Store) -> None:
    drafts = [Draft(f"c{n}", f"v{n % 2}", opened_at=T0 + n * 1000) for n in range(6)]
    for draft in drafts[:4]:
        await stored(store, draft.unit(closes=True))
    await stored(store, drafts[4].unit(), drafts[5].unit())

    async def listed(**wish: object) -> list[str]:
        return [summary.conversation for summary in await store.conversations(**wish)]  # type: ignore[arg-type]

    assert await listed() == ["c5", "c4", "c3", "c2", "c1", "c0"]
    assert await listed(visitor="v1") == ["c5", "c3", "c1"]
    assert await listed(open_only=True) == ["c5", "c4"]
    assert await listed(visitor="v0", open_only=True) == ["c4"]
    assert await listed(before=T0 + 3000) == ["c2", "c1", "c0"]
    assert await listed(visitor="v1", before=T0 + 3000, limit=1) == ["c1"]
    assert await listed(limit=2) == ["c5", "c4"]
    assert await listed(limit=0) == []
    assert await listed(visitor="nobody") == []


async def test_a_summary_tells_who_and_when(store: Store) -> None:
    draft = Draft("c1")
    unit = draft.unit(draft.entry(), draft.entry(), closes=True)
    await stored(store, unit)
    (summary,) = await store.conversations()
    assert summary.visitor == draft.visitor
    assert (summary.opened_at, summary.closed_at) == (unit.entries[0].at, unit.entries[1].at)


async def test_receipts_only_rise(store: Store) -> None:
    await store.mark({"c1": [Marks("ann", 5, 3), Marks("lee", 2, 2)]})
    await store.mark({"c1": [Marks("ann", 4, 6)], "c2": [Marks("ann", 1, 1)]})
    assert await store.marks("c1") == [Marks("ann", 5, 6), Marks("lee", 2, 2)]


async def test_one_reader_twice_in_a_call_keeps_the_maxima(store: Store) -> None:
    await store.mark({"c1": [Marks("ann", 5, 1), Marks("ann", 2, 2)]})
    await store.mark({"c1": []})
    await store.mark({})
    assert await store.marks("c1") == [Marks("ann", 5, 2)]


async def test_the_newest_time_is_that_of_the_last_commit(store: Store) -> None:
    assert await store.newest_time() == 0
    one, two = Draft("c1", opened_at=T0 + 5), Draft("c2", opened_at=T0 + 9)
    await stored(store, one.unit(), two.unit())
    assert await store.newest_time() == T0 + 9


async def test_the_epoch_stays(store: Store) -> None:
    first = await store.epoch()
    await stored(store, Draft("c1").unit())
    assert len(first) >= 16
    assert await store.epoch() == first
