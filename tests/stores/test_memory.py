"""What MemoryStore offers beyond the contract (tests/contract/ judges the rest)."""

from collections.abc import Callable

from appliance.errors import StoreError, Text
from appliance.ports import Store
from appliance.stores.memory import MemoryStore
from tests.contract.samples import Draft, everything, outcome


def test_it_is_a_store() -> None:
    store: Store = MemoryStore()
    assert store.queue_depth() == 0


def test_a_test_without_a_loop_decides_when_done_is_called() -> None:
    waiting: list[Callable[[], None]] = []
    store = MemoryStore(later=waiting.append)
    answers: list[StoreError | None] = []
    store.commit(Draft("c1").unit(), answers.append)
    assert (answers, store.queue_depth()) == ([], 1)
    waiting.pop()()
    assert (answers, store.queue_depth()) == ([None], 0)


async def test_trouble_fails_every_commit_until_it_is_over() -> None:
    store = MemoryStore()
    draft = Draft("c1")
    unit = draft.unit()
    store.trouble = StoreError(Text("磁盘已满", "the disk is full"))
    assert await outcome(store, unit) is store.trouble
    assert await everything(store, "c1") == []
    store.trouble = None
    assert await outcome(store, unit) is None


async def test_two_stores_have_two_epochs() -> None:
    assert await MemoryStore().epoch() != await MemoryStore().epoch()
