"""The Bundles port: compiled configurations by the hash of their content."""

from msgspec.structs import replace

from appliance.inputs import Migrated
from appliance.ports import NEWEST_BUNDLES, Store
from appliance.records import Happened, encode
from tests.contract.samples import T0, Draft, stored


async def test_the_first_source_of_an_id_stays(store: Store) -> None:
    assert await store.get("b1") is None
    await store.put("b1", b"\x00\xff source", T0)
    await store.put("b1", b"other", T0)
    assert await store.get("b1") == b"\x00\xff source"


async def test_in_use_are_the_bundles_of_open_conversations(store: Store) -> None:
    one, two, done = Draft("c1", bundle="b1"), Draft("c2", bundle="b2"), Draft("c3", bundle="b3")
    await stored(store, one.unit(), two.unit(), done.unit(closes=True))
    store.checkpoint("c2", two.checkpoint(bundle="b9"), two.owed())
    store.checkpoint("c3", done.checkpoint(bundle="b8"), done.owed())
    await store.put("b1", b"", T0)
    assert await store.in_use() == ["b1", "b9"]
    assert await store.pinned() == {"b1": 1, "b9": 1}


async def test_a_closed_conversation_needs_its_bundle_until_its_end_is_in_a_checkpoint(store: Store) -> None:
    draft = Draft("c1", bundle="b1")
    await stored(store, draft.unit(), draft.unit(closes=True))
    assert await store.in_use() == ["b1"]
    assert await store.pinned() == {}
    store.checkpoint("c1", draft.checkpoint(), draft.owed())
    await store.put("b1", b"", T0)
    assert await store.in_use() == []


async def test_a_conversation_that_was_moved_needs_both_bundles_until_a_checkpoint_has_it(
    store: Store,
) -> None:
    draft = Draft("c1", bundle="b1")
    body = encode(Happened(Migrated("b2", {"排队": "等待"})))
    await stored(store, draft.unit(), draft.unit(replace(draft.entry(), body=body)))
    assert await store.in_use() == ["b1", "b2"]
    store.checkpoint("c1", draft.checkpoint(bundle="b2"), draft.owed())
    assert await store.pinned() == {"b2": 1}


async def test_what_nobody_needs_is_forgotten_but_for_the_last_few(store: Store) -> None:
    await stored(store, Draft("c1", bundle="b1").unit())
    names = [f"b{number}" for number in range(NEWEST_BUNDLES + 4)]
    for name in names:
        await store.put(name, name.encode(), T0)
    # Put again, it counts as one of the last.
    await store.put("b0", b"", T0)
    await store.prune(["b2"])
    kept = [name for name in names if await store.get(name) == name.encode()]
    assert kept == ["b0", "b1", "b2", *names[5:]]
