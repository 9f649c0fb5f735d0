"""What the appliance counts of its conversations, on the whole appliance without sockets."""

from pathlib import Path

import pytest

from appliance.model import Agent, Audience
from appliance.ports import Published
from appliance.records import Entry, Said, encode
from appliance.runtime.compose import Appliance
from appliance.runtime.residents import IDLE
from appliance.runtime.tally import KINDS, START, Tally, _steps
from tests.runtime.people import Page, appliance_on, hire
from tests.runtime.test_compose import until


async def served(appliance: Appliance) -> tuple[Page, Page, str]:
    """Return a visitor who wrote, the agent who has him now, and their conversation."""
    agent, visitor = await hire(appliance, "a1"), Page(appliance, "visitor")
    await visitor.hello()
    visitor.send("你好")
    await until(lambda: len(agent.subscribed) == 1)
    return visitor, agent, next(iter(agent.subscribed))


def messages(tally: Tally) -> dict[tuple[str, str], int]:
    return {kind: count for kind, count in zip(KINDS, tally.messages, strict=True) if count}


async def test_a_conversation_from_its_first_word_to_its_end(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        tally = appliance.conversations.tally
        visitor, agent, conversation = await served(appliance)
        assert dict(tally.started) == {"售前": 1}
        assert (tally.waited["售前"].count, tally.answered["售前"].count) == (1, 0)
        assert 0.05 < tally.waited["售前"].total < 20
        assert (tally.open, tally.here) == (1, 1)
        assert +tally.standing == {"等客服": 1}
        assert tally.moves[START, "等待接入"] == 1
        agent.send("在的", conversation)
        agent.send("您说", conversation)
        await until(lambda: len(agent.answers) == 2)
        assert tally.answered["售前"].count == 1, "only the first answer is a first answer"
        assert tally.answered["售前"].total >= tally.waited["售前"].total
        assert +tally.standing == {"等访客": 1}
        agent.do(conversation, "close")
        await until(lambda: "rating_asked" in visitor.kinds())
        assert tally.handled["售前"].count == 1
        visitor.do(conversation, "rate", score=5)
        await until(lambda: tally.open == 0)
        assert (tally.scores.count, tally.scores.total) == (1, 5.0)
        assert dict(tally.ended) == {"visitor": 1}
        assert tally.here == 0
        assert not +tally.standing
        assert messages(tally) == {("in", "visitor"): 1, ("in", "agent"): 2}
        assert tally.sizes.count == 3
        assert {**tally._waiting, **tally._held, **tally._unanswered} == {}, (
            "something is kept of what is over"
        )


async def test_what_is_refused_is_not_counted(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        tally = appliance.conversations.tally
        visitor, _, conversation = await served(appliance)
        before = messages(tally)
        stranger = await hire(appliance, "a2")
        stranger.send("我也来", conversation)
        cid = visitor.send("在吗", conversation)
        visitor.send("在吗", conversation, cid=cid)
        await until(lambda: len(stranger.answers) == 1 and len(visitor.answers) == 3)
        assert messages(tally) == {**before, ("in", "visitor"): before["in", "visitor"] + 1}


async def test_who_leaves_memory_stands_nowhere_until_he_is_back(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        tally = appliance.conversations.tally
        visitor, agent, conversation = await served(appliance)
        appliance.conversations.residents.sweep(appliance.clock.now() + IDLE)
        assert (tally.open, tally.here) == (1, 0)
        assert not +tally.standing
        visitor.send("还在吗", conversation)
        await until(lambda: tally.here == 1)
        assert +tally.standing == {"等客服": 1}
        agent.send("在", conversation)
        await until(lambda: tally.answered["售前"].count == 1)
        assert tally.waited["售前"].count == 1, "his wait was counted a second time"


async def test_a_restart_knows_who_is_open_who_waits_and_who_is_held(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        await served(appliance)
        await appliance.store.save_agent(Agent("a1", "a1", "A1", capacity=1))
        other = Page(appliance, "visitor")
        await other.hello()
        appliance.desk.agent_status("a1", "busy")
        other.send("有人吗")
        await until(lambda: appliance.conversations.tally.open == 2)
    async with appliance_on(tmp_path) as appliance:
        tally = appliance.conversations.tally
        assert (tally.open, tally.here) == (2, 2)
        assert tally.standing["等客服"] == 1
        assert len(tally._waiting) == 1
        assert len(tally._held) == 1
        assert sum(tally.started.values()) == 0, "they began in another life"


def test_what_the_flow_says_counts_as_going_out_and_may_come_from_another_process() -> None:
    tally = Tally(lambda conversation: None)
    said = encode(Said("system", "您好"))
    entries = tuple(Entry("c", seq, 5, Audience.VISITOR, said) for seq in (2, 3))
    tally.published(Published("c", "v", entries))
    assert messages(tally) == {("out", "flow"): 2}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ((START,), ("a",), [(START, "a")]),
        (("a",), ("b",), [("a", "b")]),
        (("a", "x"), ("b", "x"), [("a", "b")]),
        (("a", "x"), ("b", "y"), [("a", "b"), ("x", "y")]),
        (("a", "x"), ("done",), [("a", "done"), ("x", "done")]),
        (("a",), ("x", "y"), [("a", "x"), ("a", "y")]),
        (("a",), ("a",), []),
    ],
)
def test_regions_are_counted_each_for_itself(
    before: tuple[str, ...], after: tuple[str, ...], expected: list[tuple[str, str]]
) -> None:
    assert list(_steps(before, after)) == expected
