"""The index of conversations: who has which open, and what stays in memory."""

import pytest

from appliance import inputs
from appliance.errors import StoreError
from tests.runtime.house import VISITOR, desktop


async def test_a_visitor_has_one_open_conversation_until_it_closes() -> None:
    async with desktop() as desk:
        assert desk.conversations.residents.open_of("v1") is None
        desk.open("c1")
        assert desk.conversations.residents.open_of("v1") == "c1"
        desk.conversations.residents.know_open("v1", "older")
        assert desk.conversations.residents.open_of("v1") == "c1"
        await desk.settle()
        desk.conversations.post("c1", inputs.VisitorEnded("0002"), VISITOR)
        await desk.settle()
        assert desk.conversations.residents.open_of("v1") is None
        assert desk.conversations.count == 0


async def test_bundles_are_compiled_from_the_store_once() -> None:
    async with desktop() as desk:
        desk.conversations._graphs.clear()
        first = await desk.conversations.graph(desk.graph.id)
        assert first.id == desk.graph.id
        assert await desk.conversations.graph(desk.graph.id) is first


async def test_a_bundle_that_is_nowhere_is_an_error_with_a_remedy() -> None:
    async with desktop() as desk:
        with pytest.raises(StoreError) as missing:
            await desk.conversations.graph("ffffffffffff")
        assert missing.value.remedy.en


async def test_delayed_calls_end_with_the_appliance() -> None:
    async with desktop() as desk:
        called: list[int] = []
        desk.conversations.later(20, lambda: called.append(1))
        desk.conversations.stop()
        await desk.settle()
        assert called == []


async def test_what_no_state_listens_to_is_stored_and_counted() -> None:
    async with desktop() as desk:
        desk.open()
        await desk.settle()
        desk.say("0002", "太早")
        await desk.settle()
        assert desk.conversations.unhandled == {("等待接入", "VisitorSaid"): 1}
        assert any(entry.cid == "0002" for entry in desk.entries())
