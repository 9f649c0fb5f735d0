"""The Bundles port: compiled configurations by the hash of their content."""

from appliance.ports import Store
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
    assert await store.in_use() == ["b1", "b2", "b9"]
