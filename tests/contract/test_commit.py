"""Log.commit: whole or not at all, in order, and one bad unit never spoils the others of its batch."""

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace

from appliance.errors import Conflict, StoreError
from appliance.model import Audience
from appliance.ports import Store, Unit
from tests.contract.backends import Backend
from tests.contract.samples import Draft, everything, outcome, outcomes, stored


async def test_a_unit_is_stored_with_everything_it_says(store: Store) -> None:
    draft = Draft("c1")
    unit = draft.unit(draft.entry(cid="m1"), draft.entry("请稍候"), draft.entry("内部", Audience.STAFF))
    await stored(store, unit)
    assert await everything(store, "c1") == list(unit.entries)
    assert await store.open_conversation(draft.visitor.id) == "c1"


async def test_done_is_called_later_and_on_the_loop(store: Store) -> None:
    called = asyncio.Event()
    store.commit(Draft("c1").unit(), lambda error: called.set())
    assert not called.is_set()
    await called.wait()


async def test_done_is_called_in_the_order_of_the_commits(store: Store) -> None:
    drafts = [Draft(f"c{n}") for n in range(50)]
    units = [draft.unit() for draft in drafts] + [draft.unit() for draft in drafts]
    order: list[int] = []
    last = asyncio.Event()
    for number, unit in enumerate(units):
        store.commit(unit, lambda error, number=number: order.append(number))  # type: ignore[misc]
    store.commit(Draft("end").unit(), lambda error: last.set())
    await last.wait()
    assert order == list(range(100))


async def test_units_of_one_conversation_keep_their_order_within_a_burst(store: Store) -> None:
    draft = Draft("c1")
    units = [draft.unit(draft.entry(str(n)), draft.entry(str(n))) for n in range(200)]
    await stored(store, *units)
    assert [entry.seq for entry in await everything(store, "c1")] == list(range(1, 401))


@pytest.mark.parametrize("together", [True, False], ids=["one burst", "one by one"])
async def test_one_bad_unit_fails_alone(store: Store, together: bool) -> None:
    drafts = [Draft(f"c{n}") for n in range(9)]
    await stored(store, *(draft.unit() for draft in drafts))
    units = [draft.unit(draft.entry(cid=f"m{n}", sender="agent")) for n, draft in enumerate(drafts)]
    bad = {0, 4, 8}
    units = [
        replace(unit, entries=(replace(unit.entries[0], seq=7),)) if n in bad else unit
        for n, unit in enumerate(units)
    ]
    answers = await outcomes(store, units) if together else [await outcome(store, unit) for unit in units]
    assert [type(answer) for answer in answers] == [Conflict if n in bad else type(None) for n in range(9)]
    assert [len(await everything(store, f"c{n}")) for n in range(9)] == [
        1 if n in bad else 2 for n in range(9)
    ]


async def test_a_unit_that_fails_at_its_last_entry_leaves_nothing(store: Store) -> None:
    draft = Draft("c1")
    await stored(store, draft.unit(draft.entry(cid="m1")))
    answer = await outcome(store, draft.unit(draft.entry(cid="m2"), draft.entry("x"), draft.entry(cid="m1")))
    assert isinstance(answer, Conflict)
    assert len(await everything(store, "c1")) == 1
    assert await store.find(draft.visitor.id, "m2") is None


async def test_what_follows_a_failed_unit_of_the_same_conversation_fails_too(store: Store) -> None:
    draft = Draft("c1")
    first, bad, after = draft.unit(draft.entry(cid="m1")), draft.unit(draft.entry(cid="m1")), draft.unit()
    answers = await outcomes(store, [first, bad, after])
    assert [type(answer) for answer in answers] == [type(None), Conflict, Conflict]
    assert len(await everything(store, "c1")) == 1


async def test_a_gap_in_the_sequence_is_refused(store: Store) -> None:
    draft = Draft("c1")
    await stored(store, draft.unit())
    draft.entry()
    assert isinstance(await outcome(store, draft.unit()), Conflict)


async def test_a_repeated_seq_is_refused(store: Store) -> None:
    draft = Draft("c1")
    unit = draft.unit()
    await stored(store, unit, draft.unit())
    assert isinstance(await outcome(store, replace(unit, opens=None)), Conflict)


async def test_an_unknown_conversation_is_refused(store: Store) -> None:
    unit = replace(Draft("c1").unit(), opens=None)
    assert isinstance(await outcome(store, unit), Conflict)
    assert await store.load("c1") is None


async def test_entries_of_another_conversation_are_refused(store: Store) -> None:
    unit = Unit("c1", Draft("c2").unit().entries, Draft("c1").visitor, "b1")
    assert isinstance(await outcome(store, unit), Conflict)


async def test_a_unit_without_entries_is_refused(store: Store) -> None:
    assert isinstance(await outcome(store, Unit("c1", (), Draft("c1").visitor, "b1")), StoreError)
    assert await store.load("c1") is None


async def test_a_client_id_without_sender_is_refused(store: Store) -> None:
    draft = Draft("c1")
    unit = draft.unit(replace(draft.entry(cid="m1"), sender=None))
    assert isinstance(await outcome(store, unit), StoreError)
    assert await store.load("c1") is None


async def test_a_client_id_is_unique_per_sender_over_all_conversations(store: Store) -> None:
    one, two = Draft("c1"), Draft("c2")
    await stored(
        store, one.unit(one.entry(cid="m1", sender="lee")), two.unit(two.entry(cid="m1", sender="kim"))
    )
    assert isinstance(await outcome(store, two.unit(two.entry(cid="m1", sender="lee"))), Conflict)


async def test_a_conflict_says_cause_and_remedy_in_both_languages(store: Store) -> None:
    draft = Draft("c1")
    await stored(store, draft.unit(draft.entry(cid="m1")))
    answer = await outcome(store, draft.unit(draft.entry(cid="m1")))
    assert answer is not None
    assert all([*answer.cause, *answer.remedy])


async def test_one_open_conversation_a_visitor(store: Store) -> None:
    one, two = Draft("c1", "ann"), Draft("c2", "ann")
    answers = await outcomes(store, [one.unit(), two.unit()])
    assert [type(answer) for answer in answers] == [type(None), Conflict]
    assert await store.open_conversation("ann") == "c1"
    assert await store.load("c2") is None


async def test_a_conversation_id_opens_once(store: Store) -> None:
    assert await outcome(store, Draft("c1", "ann").unit()) is None
    assert isinstance(await outcome(store, Draft("c1", "bob").unit()), Conflict)
    assert await store.open_conversation("bob") is None


async def test_closing_lets_the_visitor_open_another_even_in_the_same_burst(store: Store) -> None:
    one, two = Draft("c1", "ann"), Draft("c2", "ann")
    await stored(store, one.unit(), one.unit(closes=True), two.unit())
    assert await store.open_conversation("ann") == "c2"


async def test_opening_before_closing_in_one_burst_is_refused(store: Store) -> None:
    one, two = Draft("c1", "ann"), Draft("c2", "ann")
    await stored(store, one.unit())
    answers = await outcomes(store, [two.unit(), one.unit(closes=True)])
    assert [type(answer) for answer in answers] == [Conflict, type(None)]
    assert await store.open_conversation("ann") is None


async def test_a_conversation_may_open_and_close_in_one_unit(store: Store) -> None:
    draft = Draft("c1", "ann")
    await stored(store, draft.unit(draft.entry(), draft.entry(), closes=True))
    loaded = await store.load("c1")
    assert loaded is not None
    assert (loaded.opened_at, loaded.closed_at) == (loaded.entries[0].at, loaded.entries[1].at)
    assert await store.open_conversation("ann") is None


async def test_the_time_of_closing_is_the_first_one(store: Store) -> None:
    draft = Draft("c1")
    closing = draft.unit(closes=True)
    await stored(store, closing, draft.unit(), draft.unit(closes=True))
    loaded = await store.load("c1")
    assert loaded is not None
    assert loaded.closed_at == closing.entries[0].at


async def test_queue_depth_counts_what_is_not_answered(store: Store) -> None:
    drafts = [Draft(f"c{n}") for n in range(3)]
    answers: list[StoreError | None] = []
    last = asyncio.Event()
    for draft in drafts:
        store.commit(draft.unit(), answers.append)
    store.commit(Draft("end").unit(), lambda error: last.set())
    assert store.queue_depth() == 4
    await last.wait()
    assert store.queue_depth() == 0


async def test_close_commits_what_is_waiting(backend: Backend, tmp_path: Path) -> None:
    store = await backend.open(tmp_path)
    answers: list[StoreError | None] = []
    for n in range(20):
        store.commit(Draft(f"c{n}").unit(), answers.append)
    await store.close()
    await asyncio.sleep(0)
    assert answers == [None] * 20


async def test_after_close_everything_is_refused(backend: Backend, tmp_path: Path) -> None:
    store = await backend.open(tmp_path)
    await store.close()
    await store.close()
    assert isinstance(await outcome(store, Draft("c1").unit()), StoreError)
    with pytest.raises(StoreError):
        await store.load("c1")
    with pytest.raises(StoreError):
        await store.set_last_agent("v", "a")
