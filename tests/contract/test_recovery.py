"""Checkpoints and what a boot asks for: load, owed, touched."""

import asyncio

from appliance.errors import StoreError
from appliance.model import Checkpoint, Heads
from appliance.ports import Owed, Store, Stored
from tests.contract.samples import Draft, outcome, stored


async def settled(store: Store) -> None:
    """Wait until everything given to the store before this call is done."""
    await store.set_last_agent("settled", "")
    await asyncio.sleep(0)


async def loaded(store: Store, conversation: str) -> Stored:
    found = await store.load(conversation)
    assert found is not None
    return found


async def test_without_a_checkpoint_all_entries_come_back(store: Store) -> None:
    draft = Draft("c1", "ann", "b7")
    unit = draft.unit(draft.entry(), draft.entry())
    await stored(store, unit)
    assert await loaded(store, "c1") == Stored(
        "c1", "ann", "b7", unit.entries[0].at, None, None, unit.entries
    )


async def test_a_checkpoint_replaces_the_entries_that_it_contains(store: Store) -> None:
    draft = Draft("c1")
    await stored(store, draft.unit(), draft.unit())
    checkpoint = draft.checkpoint()
    store.checkpoint("c1", checkpoint, draft.owed())
    unit = draft.unit(draft.entry(), draft.entry())
    await stored(store, unit)
    found = await loaded(store, "c1")
    assert found.checkpoint == checkpoint
    assert found.entries == unit.entries


async def test_a_checkpoint_given_right_after_its_commit_is_kept(store: Store) -> None:
    draft = Draft("c1")
    answers: list[StoreError | None] = []
    store.commit(draft.unit(), answers.append)
    store.checkpoint("c1", draft.checkpoint(), draft.owed())
    await settled(store)
    assert answers == [None]
    assert (await loaded(store, "c1")).checkpoint is not None


async def test_a_checkpoint_ahead_of_its_entries_is_not_kept(store: Store) -> None:
    draft = Draft("c1")
    await stored(store, draft.unit())
    store.checkpoint("c1", draft.checkpoint(Heads(2, 2, 2)), draft.owed())
    store.checkpoint("c9", Draft("c9").checkpoint(Heads(1, 1, 1)), draft.owed())
    await settled(store)
    assert (await loaded(store, "c1")).checkpoint is None
    assert await store.load("c9") is None
    assert await store.touched() == ["c1"]


async def test_the_checkpoint_of_a_unit_that_failed_is_not_kept(store: Store) -> None:
    draft = Draft("c1")
    await stored(store, draft.unit(draft.entry(cid="m1")))
    answers: list[StoreError | None] = []
    store.commit(draft.unit(draft.entry(cid="m1")), answers.append)
    store.checkpoint("c1", draft.checkpoint(), draft.owed())
    await settled(store)
    assert isinstance(answers[0], StoreError)
    assert (await loaded(store, "c1")).checkpoint is None


async def test_an_older_checkpoint_does_not_replace_a_newer(store: Store) -> None:
    draft = Draft("c1")
    await stored(store, draft.unit(), draft.unit(), draft.unit())
    newer = draft.checkpoint(Heads(2, 2, 2))
    for checkpoint in (newer, draft.checkpoint(Heads(1, 1, 1))):
        store.checkpoint("c1", checkpoint, draft.owed())
    await settled(store)
    store.checkpoint("c1", draft.checkpoint(Heads(1, 1, 1)), draft.owed())
    await settled(store)
    assert (await loaded(store, "c1")).checkpoint == newer


async def test_a_checkpoint_at_the_same_seq_replaces_the_former(store: Store) -> None:
    draft = Draft("c1")
    await stored(store, draft.unit())
    for version in (1, 2):
        former = draft.checkpoint()
        store.checkpoint("c1", Checkpoint(former.snapshot, former.heads, version), draft.owed(due=version))
        await settled(store)
    found = (await loaded(store, "c1")).checkpoint
    assert found is not None
    assert found.step_version == 2
    assert await store.owed() == [draft.owed(due=2)]


async def test_every_open_conversation_owes_something_or_nothing(store: Store) -> None:
    one, two, three, done = Draft("c1"), Draft("c2"), Draft("c3"), Draft("c4")
    await stored(store, *(draft.unit() for draft in (one, two, three)), done.unit(closes=True))
    wishes = [one.owed(due=77, waiting=True), two.owed(held=True, ai=True)]
    store.checkpoint("c1", one.checkpoint(), wishes[0])
    store.checkpoint("c2", two.checkpoint(), wishes[1])
    store.checkpoint("c4", done.checkpoint(), done.owed(due=1))
    await settled(store)
    assert sorted(await store.owed(), key=lambda owed: owed.conversation) == [
        *wishes,
        Owed("c3", None, False, False, False),
    ]


async def test_touched_are_those_with_entries_beyond_their_checkpoint(store: Store) -> None:
    drafts = [Draft(f"c{n}") for n in range(4)]
    await stored(store, *(draft.unit() for draft in drafts))
    assert sorted(await store.touched()) == ["c0", "c1", "c2", "c3"]
    for draft in drafts[:3]:
        store.checkpoint(draft.id, draft.checkpoint(), draft.owed())
    await stored(store, drafts[1].unit(), drafts[2].unit(closes=True))
    assert sorted(await store.touched()) == ["c1", "c2", "c3"]
    for draft in drafts[1:]:
        store.checkpoint(draft.id, draft.checkpoint(), draft.owed())
    await settled(store)
    assert await store.touched() == []


async def test_a_checkpointed_conversation_goes_on(store: Store) -> None:
    draft = Draft("c1")
    await stored(store, draft.unit())
    store.checkpoint("c1", draft.checkpoint(), draft.owed())
    await stored(store, draft.unit())
    skipped = draft.entry()
    assert await outcome(store, draft.unit()) is not None
    assert await outcome(store, draft.unit(skipped)) is None
