"""The house is what mailboxes are given: nothing they may ask of it is missing."""

from appliance.runtime.conversations import Conversations
from appliance.runtime.house import House
from tests.runtime.house import desktop


async def test_conversations_offer_all_that_a_mailbox_may_ask() -> None:
    asked = {name for name in (*vars(House), *House.__annotations__) if not name.startswith("_")}
    async with desktop() as desk:
        assert isinstance(desk.conversations, Conversations)
        assert {name for name in asked if not hasattr(desk.conversations, name)} == set()
