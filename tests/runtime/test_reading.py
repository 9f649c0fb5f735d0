"""Reading back gives exactly what was, and tells a duplicate from a conflict."""

from appliance import inputs
from appliance.runtime.letters import CONFLICT, Acked, Letter
from appliance.runtime.reading import first_ack, read_back
from tests.runtime.house import VISITOR, desktop


async def test_what_is_read_back_equals_what_was_in_memory() -> None:
    async with desktop() as desk:
        desk.open()
        desk.say("0002", "第二句")
        await desk.settle()
        restored = await read_back(desk.store, desk.conversations.graph, "c1", in_doubt=False)
        assert restored is not None
        assert restored.snapshot == desk.snapshot()
        assert restored.heads.seq == len(desk.entries())
        assert restored.mismatch == ""
        assert restored.visitor == "v1"
        assert restored.window.look("v1", "0002") not in ("new", "in doubt")


async def test_nothing_stored_is_nothing() -> None:
    async with desktop() as desk:
        assert await read_back(desk.store, desk.conversations.graph, "c9", in_doubt=False) is None


async def test_the_same_words_get_their_first_ack_and_other_words_a_conflict() -> None:
    async with desktop() as desk:
        desk.open(text="你好")
        await desk.settle()
        found = await desk.store.find("v1", "0001")
        assert found is not None
        same = Letter(VISITOR, inputs.VisitorSaid("0001", "你好"), 0)
        assert first_ack(found, same) == Acked("c1", 1, found.at)
        assert first_ack(found, Letter(VISITOR, inputs.VisitorSaid("0001", "不同"), 0)) is CONFLICT
