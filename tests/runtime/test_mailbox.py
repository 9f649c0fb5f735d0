"""A mailbox is the one writer of its conversation: order, once, durable before it is acknowledged."""

import asyncio

import msgspec

from appliance import inputs
from appliance.conversation.permit import Actor
from appliance.effects import Effect, HoldAgent, RefuseOffer, WantAgent
from appliance.errors import Conflict, Refused, StoreError, Text
from appliance.model import Audience
from appliance.ports import Stored
from appliance.records import Entry, decode
from appliance.runtime.letters import Acked, RetryLater
from tests.runtime.house import AGENT, VISITOR, Desktop, FailingStore, desktop

MOST_WAITING = 256
CHECKPOINT_EVERY = 32


async def serve(desk: Desktop) -> None:
    """Bring the conversation of the desktop to an agent."""
    desk.clock.time += 20_000
    desk.conversations.wake("c1")
    await desk.settle()
    wish = desk.snapshot().waiting
    assert wish is not None
    assert wish.asking
    desk.system(inputs.Offered("a1", "李", wish.visit, wish.queue))
    await desk.settle()


async def test_a_first_message_opens_is_stored_and_acknowledged() -> None:
    async with desktop() as desk:
        desk.open()
        assert desk.answers == []  # Nothing is acknowledged before the commit.
        await desk.settle()
        assert desk.answers == [Acked("c1", 1, 1_000_000)]
        assert desk.snapshot().active[-1] == "等待接入"
        stored = await desk.store.read("c1", Audience.NONE)
        assert [entry.seq for entry in stored] == [entry.seq for entry in desk.entries()]


async def test_a_resent_message_is_acknowledged_again_and_stored_once() -> None:
    async with desktop() as desk:
        desk.open()
        desk.say("0001", "你好")
        await desk.settle()
        desk.say("0001", "你好")
        await desk.settle()
        assert desk.answers == [Acked("c1", 1, 1_000_000)] * 3
        assert sum(entry.cid == "0001" for entry in desk.entries()) == 1


async def test_the_same_id_with_other_words_is_a_conflict() -> None:
    async with desktop() as desk:
        desk.open()
        desk.say("0001", "别的话")
        await desk.settle()
        first, second = desk.answers
        assert isinstance(first, Acked)
        assert isinstance(second, Refused)
        assert second.code == "conflict"


async def test_what_arrives_during_a_commit_forms_the_next_unit() -> None:
    async with desktop() as desk:
        desk.open()
        for number in range(2, 40):
            desk.say(f"{number:04}")
        await desk.settle()
        assert [answer.seq for answer in desk.answers if isinstance(answer, Acked)] == sorted(
            {entry.seq for entry in desk.entries() if entry.cid}
        )
        assert len(desk.bus.published) < 10


async def test_a_due_timer_precedes_the_message_that_arrives_with_it() -> None:
    async with desktop() as desk:
        desk.open()
        await desk.settle()
        desk.clock.time += 20_000
        desk.say("0002")
        await desk.settle()
        kinds = [
            entry.body.split(b'"in":"')[1].split(b'"')[0]
            for entry in desk.entries()
            if b'"in":"' in entry.body
        ]
        assert kinds == [b"opened", b"timer_due", b"visitor_said"]
        assert desk.snapshot().active[-1] == "分配客服"


async def test_an_offer_gives_the_conversation_to_its_agent_and_a_late_one_is_refused() -> None:
    async with desktop() as desk:
        desk.open()
        await desk.settle()
        await serve(desk)
        held = desk.snapshot().held
        assert held is not None
        assert held.agent == "a1"
        assert ("c1", HoldAgent("a1", held.queue)) in desk.told.desk
        desk.system(inputs.Offered("a2", "王", 1, held.queue))
        await desk.settle()
        assert desk.told.desk[-1] == ("c1", RefuseOffer("a2", 1))
        assert desk.snapshot().held == held


async def test_a_stranger_is_refused_and_nothing_is_stored() -> None:
    async with desktop() as desk:
        desk.open()
        await desk.settle()
        before = len(desk.entries())
        answers: list[object] = []
        desk.conversations.post("c1", inputs.VisitorSaid("0009", "x"), Actor("visitor", "v2"), answers.append)
        desk.conversations.post("c1", inputs.AgentSaid("a1", "0010", "x"), AGENT, answers.append)
        await desk.settle()
        assert [answer.code for answer in answers if isinstance(answer, Refused)] == [
            "not_yours",
            "not_yours",
        ]
        assert len(desk.entries()) == before


async def test_a_failed_commit_answers_retry_and_the_resend_is_stored_once() -> None:
    async with desktop() as desk:
        desk.open()
        await desk.settle()
        desk.answers.clear()
        desk.store.refuse = 1
        desk.say("0002", "重要")
        for _ in range(5):
            await asyncio.sleep(0)
        assert desk.answers == [RetryLater(1_000)]
        await asyncio.sleep(1.1)
        desk.say("0002", "重要")
        await desk.settle()
        assert isinstance(desk.answers[1], Acked)
        assert sum(entry.cid == "0002" for entry in desk.entries()) == 1
        assert desk.snapshot().active[-1] == "等待接入"


async def test_who_writes_after_a_failed_commit_is_sent_back_and_does_not_overtake() -> None:
    async with desktop() as desk:
        desk.open()
        await desk.settle()
        desk.answers.clear()
        desk.store.refuse = 1
        desk.say("0002", "先说的")
        # It waits for the commit that is about to fail, and the next one finds the mailbox resting.
        desk.say("0003", "后说的")
        for _ in range(5):
            await asyncio.sleep(0)
        desk.say("0004", "最后说的")
        assert desk.answers == [RetryLater(1_000)] * 3
        before = len(desk.entries())
        await asyncio.sleep(1.1)
        assert len(desk.entries()) == before
        for cid, text in (("0002", "先说的"), ("0003", "后说的"), ("0004", "最后说的")):
            desk.say(cid, text)
        await desk.settle()
        assert [entry.cid for entry in desk.entries() if entry.cid] == ["0001", "0002", "0003", "0004"]


async def test_nobody_waits_for_a_conversation_that_cannot_be_read() -> None:
    async with desktop() as desk:
        desk.open()
        await desk.settle()
        desk.answers.clear()
        load = desk.store.load

        async def unreadable(conversation: str) -> Stored | None:
            raise StoreError(Text("坏", "broken"))

        desk.store.load = unreadable  # type: ignore[method-assign]
        desk.store.refuse = 1
        desk.say("0002", "第一次")
        await asyncio.sleep(1.1)
        desk.say("0002", "第一次")
        assert desk.answers == [RetryLater(1_000)] * 2
        desk.store.load = load  # type: ignore[method-assign]
        await asyncio.sleep(1.1)
        desk.say("0002", "第一次")
        await desk.settle()
        assert isinstance(desk.answers[2], Acked)


async def test_a_failed_opening_leaves_nothing_behind_and_may_be_tried_again() -> None:
    async with desktop() as desk:
        desk.store.refuse = 1
        desk.open()
        for _ in range(5):
            await asyncio.sleep(0)
        assert desk.answers == [RetryLater(1_000)]
        await asyncio.sleep(1.1)
        assert desk.conversations.residents.open_of("v1") is None
        desk.open("c2")
        await desk.settle()
        assert desk.answers[1] == Acked("c2", 1, desk.clock.time)


async def test_an_id_stored_in_an_earlier_conversation_gets_its_first_ack_again() -> None:
    async with desktop() as desk:
        desk.open("c1")
        await desk.settle()
        desk.conversations.post("c1", inputs.VisitorEnded("0003"), VISITOR)
        await desk.settle()
        assert desk.conversations.resident("c1") is None
        desk.answers.clear()
        desk.open("c2", cid="0001")
        await desk.settle()
        assert desk.answers == [Acked("c1", 1, 1_000_000)]


async def test_a_second_open_conversation_of_a_visitor_is_never_stored() -> None:
    async with desktop() as desk:
        desk.open("c1", cid="0001")
        desk.open("c2", cid="0002")
        await desk.settle()
        assert desk.answers == [Acked("c1", 1, 1_000_000), RetryLater(1_000)]
        assert await desk.store.load("c2") is None


async def test_a_full_mailbox_refuses_with_a_time_to_come_back() -> None:
    async with desktop() as desk:
        desk.open()
        for number in range(MOST_WAITING + 5):
            desk.say(f"{number + 2:04}")
        refused = [answer for answer in desk.answers if isinstance(answer, Refused)]
        assert [answer.code for answer in refused] == ["full"] * 5
        assert refused[0].retry_after
        await desk.settle()


async def test_closed_conversations_leave_memory_and_answer_closed() -> None:
    async with desktop() as desk:
        desk.open()
        desk.conversations.post("c1", inputs.VisitorEnded("0002"), VISITOR)
        await desk.settle()
        assert desk.conversations.resident("c1") is None
        assert desk.conversations.residents.open_of("v1") is None
        desk.answers.clear()
        desk.say("0003")
        await desk.settle()
        assert isinstance(desk.answers[0], Refused)
        assert desk.answers[0].code == "closed"


async def test_an_unknown_conversation_is_unknown_and_costs_no_memory() -> None:
    async with desktop() as desk:
        desk.say("0001", conversation="nowhere")
        await desk.settle()
        assert isinstance(desk.answers[0], Refused)
        assert desk.answers[0].code == "unknown"
        assert desk.conversations.count == 0


async def test_a_restart_finds_the_conversation_its_timer_and_its_wish() -> None:
    store = FailingStore()
    async with desktop(store) as desk:
        desk.open()
        await desk.settle()
        desk.clock.time += 20_000
        desk.conversations.wake("c1")
        await desk.settle()
        before = desk.snapshot()
    async with desktop(store) as desk:
        desk.conversations.recover("c1")
        await desk.settle()
        assert desk.snapshot() == before
        assert desk.told.due["c1"] == before.timers[0].due
        assert any(isinstance(effect, WantAgent) and effect.asking for _, effect in desk.told.desk)
        # A duplicate of what was sent before the restart is still a duplicate.
        desk.say("0001", "你好")
        await desk.settle()
        assert desk.answers == [Acked("c1", 1, 1_000_000)]


async def test_long_conversations_are_checkpointed_and_folded_from_there() -> None:
    store = FailingStore()
    async with desktop(store) as desk:
        desk.open()
        for number in range(CHECKPOINT_EVERY * 2):
            desk.say(f"{number + 2:04}")
            await desk.settle()
        before = desk.snapshot()
    stored = await store.load("c1")
    assert stored is not None
    assert stored.checkpoint is not None
    assert len(stored.entries) < CHECKPOINT_EVERY + 2
    async with desktop(store) as desk:
        desk.conversations.recover("c1")
        await desk.settle()
        assert desk.snapshot() == before


async def test_a_log_that_no_longer_folds_the_same_way_goes_to_on_error() -> None:
    store = FailingStore()
    async with desktop(store) as desk:
        desk.open()
        await desk.settle()
    # What another version of the step would have logged: the same input, another record after it.
    entries = store._conversations["c1"].entries
    for position, entry in enumerate(entries):
        if b'"queued"' in entry.body:
            body = entry.body.replace(b'"since":1000000', b'"since":999')
            entries[position] = msgspec.structs.replace(entry, body=body)
    async with desktop(store) as desk:
        desk.conversations.recover("c1")
        await desk.settle()
        assert desk.snapshot().active[-1] == "留言"
        assert any(type(decode(entry.body)).__name__ == "Failed" for entry in desk.entries())
    # The next start finds a checkpoint behind the difference: it is not a second failure.
    async with desktop(store) as desk:
        desk.conversations.recover("c1")
        await desk.settle()
        assert desk.snapshot().failures == 1
        assert not desk.snapshot().parked


async def test_a_conflict_by_chance_is_told_apart_from_a_duplicate() -> None:
    async with desktop() as desk:
        desk.open()
        await desk.settle()
        desk.answers.clear()
        desk.store.refuse, desk.store.refused = 1, Conflict
        desk.say("0002", "再来")
        await desk.settle()
        assert desk.answers == [RetryLater(1_000)]
        desk.say("0002", "再来")
        await desk.settle()
        assert isinstance(desk.answers[1], Acked)


async def test_committed_heads_promise_nothing_that_is_still_in_flight() -> None:
    async with desktop() as desk:
        desk.open()
        await desk.settle()
        mailbox = desk.conversations.resident("c1")
        assert mailbox is not None
        stored = mailbox.heads
        assert mailbox.committed == stored
        desk.say("0002")
        assert mailbox.heads.visitor > stored.visitor
        assert mailbox.committed == stored
        await desk.settle()
        assert mailbox.committed == mailbox.heads != stored


async def test_what_an_answer_brings_back_at_once_is_taken_up() -> None:
    async with desktop() as desk:
        desk.open()
        await desk.settle()
        desk.clock.time += 20_000
        desk.conversations.wake("c1")
        await desk.settle()
        wish = desk.snapshot().waiting
        assert wish is not None
        take = desk.told.take

        def offer_again(conversation: str, effect: Effect) -> None:
            take(conversation, effect)
            if isinstance(effect, RefuseOffer):
                desk.system(inputs.Offered("a2", "王", wish.visit, wish.queue))

        desk.told.take = offer_again  # type: ignore[method-assign]
        desk.system(inputs.Offered("a1", "李", wish.visit - 1, wish.queue))
        await desk.settle()
        held = desk.snapshot().held
        assert held is not None
        assert held.agent == "a2"


async def test_a_conflict_while_the_store_cannot_be_asked_blocks_nothing() -> None:
    async with desktop() as desk:
        desk.open()
        await desk.settle()
        desk.answers.clear()
        find = desk.store.find

        async def unreadable(sender: str, cid: str) -> Entry | None:
            raise StoreError(Text("坏", "broken"))

        desk.store.find = unreadable  # type: ignore[method-assign]
        desk.store.refuse, desk.store.refused = 1, Conflict
        desk.say("0002", "再来")
        await desk.settle()
        assert desk.answers == [RetryLater(1_000)]
        desk.store.find = find  # type: ignore[method-assign]
        desk.say("0002", "再来")
        await desk.settle()
        assert isinstance(desk.answers[1], Acked)
