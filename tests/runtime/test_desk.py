"""The desk on a loop whose time the test turns by hand."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from heapq import heappop, heappush
from itertools import pairwise

import pytest

from appliance import inputs
from appliance.dispatch import views
from appliance.dispatch.commands import Position
from appliance.dispatch.desk import Desk
from appliance.dispatch.rules import GRACE, QueueRule
from appliance.effects import FreeAgent, HoldAgent, RefuseOffer, ShowOffer, WantAgent, WithdrawWish
from appliance.errors import StoreError, Text
from appliance.inputs import Input
from appliance.model import Agent, Millis, Presence
from appliance.runtime import desk as runtime_desk
from appliance.runtime.desk import POSITIONS_PACE, STAFF_PACE, DeskRuntime

START: Millis = 1_000_000
RULES = (QueueRule("售前"), QueueRule("售后", manual=True))


class Call:
    """A call that is yet to come, unless it is cancelled."""

    def __init__(self) -> None:
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class HandTurned:
    """A loop and its clock: `turn` moves both, and calls what has come due in order."""

    def __init__(self) -> None:
        self.time: Millis = START
        self.calls: list[tuple[Millis, int, Callable[[], None], Call]] = []
        self.made = 0

    def now(self) -> Millis:
        return self.time

    def call_later(self, delay: float, callback: Callable[[], None], /) -> Call:
        call = Call()
        self.made += 1
        heappush(self.calls, (self.time + round(delay * 1000), self.made, callback, call))
        return call

    def pending(self) -> int:
        return sum(1 for call in self.calls if not call[3].cancelled)

    def turn(self, span: Millis = 0) -> None:
        until = self.time + span
        while self.calls and self.calls[0][0] <= until:
            due, _, callback, call = heappop(self.calls)
            if not call.cancelled:
                self.time = max(self.time, due)
                callback()
        self.time = until


class Bench:
    """A DeskRuntime and everything it told the world."""

    def __init__(self, tasks: asyncio.TaskGroup) -> None:
        self.loop = HandTurned()
        self.posted: list[tuple[str, Input]] = []
        self.positions: list[tuple[Millis, dict[str, Position]]] = []
        self.staff: list[Millis] = []
        self.stored: list[tuple[str, Presence, Millis]] = []
        self.refusals = 0
        self.answer: Callable[[str, Input], None] = lambda name, said: None
        self.desk = DeskRuntime(
            Desk(RULES),
            self.loop,
            self.loop,
            tasks,
            post=self.post,
            show_positions=lambda places: self.positions.append((self.loop.time, places)),
            staff_changed=lambda: self.staff.append(self.loop.time),
            remember=self.remember,
        )

    def post(self, conversation: str, said: Input) -> None:
        self.posted.append((conversation, said))
        self.answer(conversation, said)

    async def remember(self, agent: str, presence: Presence, at: Millis) -> None:
        await asyncio.sleep(0)
        if self.refusals:
            self.refusals -= 1
            raise StoreError(Text("盘满了。", "The disk is full."))
        self.stored.append((agent, presence, at))

    def ready(self, *names: str, capacity: int = 1) -> None:
        for name in names:
            self.desk.agent_changed(Agent(name, name, name.upper(), capacity=capacity))
            self.desk.agent_connected(name)
            self.desk.agent_status(name, "ready")


@asynccontextmanager
async def bench() -> AsyncIterator[Bench]:
    async with asyncio.TaskGroup() as tasks:
        one = Bench(tasks)
        yield one
        one.desk.close()


def ask(since: Millis = START, queue: str = "售前", visit: int = 1) -> WantAgent:
    return WantAgent(queue, since, True, visit)


async def test_a_wish_becomes_an_offer_within_the_same_call() -> None:
    async with bench() as one:
        one.ready("a")
        one.desk.take("c", ask())
        ((name, offered),) = one.posted
        assert isinstance(offered, inputs.Offered)
        assert (name, offered.agent, offered.name, offered.visit) == ("c", "a", "A", 1)
        assert (offered.queue, offered.accept, offered.reasons["load"]) == ("售前", True, "0/1")


async def test_every_effect_reaches_the_desk() -> None:
    async with bench() as one:
        one.ready("a")
        one.desk.take("c", ask())
        one.desk.take("c", HoldAgent("a", "售前"))
        one.desk.take("c", WithdrawWish())
        assert views.holding(one.desk.desk, "c") == "a"
        one.desk.take("d", ask(visit=3))
        one.desk.take("c", FreeAgent("a"))
        one.desk.take("d", RefuseOffer("a", 3))
        one.desk.take("e", ask(queue="售后"))
        one.desk.take("e", ShowOffer("a", 1, "售后"))
        assert [name for name, _ in one.posted] == ["c", "d", "e"]
        view = views.agent_view(one.desk.desk, "a")
        assert view is not None
        assert view.offers[0].shown
        assert one.desk.accepting("e", "a", 1)
        one.desk.decline("e", "a", 1)
        assert not one.desk.accepting("e", "a", 1)


async def test_a_supervisor_may_take_a_waiting_conversation_himself() -> None:
    async with bench() as one:
        one.ready("chief")
        one.desk.agent_status("chief", "busy")
        one.desk.take("c", ask(visit=6))
        assert one.desk.claim("c", "chief") == 6
        assert one.desk.claim("c", "chief") is None
        one.desk.take("c", HoldAgent("chief", "售前"))
        assert views.holding(one.desk.desk, "c") == "chief"


async def test_a_conversation_that_answers_at_once_does_not_upset_the_order() -> None:
    async with bench() as one:
        one.ready("a", "b", capacity=1)
        one.desk.agent_disconnected("a")
        one.desk.agent_disconnected("b")
        for number in range(3):
            one.desk.take(f"c{number}", ask(START + number))

        def accept(name: str, said: Input) -> None:
            if isinstance(said, inputs.Offered):
                one.desk.take(name, HoldAgent(said.agent, said.queue))
                one.desk.take(name, FreeAgent(said.agent))

        one.answer = accept
        one.desk.agent_connected("a")
        assert [name for name, _ in one.posted] == ["c0", "c1", "c2"]


async def test_one_alarm_serves_all_clocks() -> None:
    async with bench() as one:
        one.ready("a")
        for number in range(20):
            one.desk.take(f"c{number}", ask())
        assert one.loop.pending() == 1
        one.loop.turn(POSITIONS_PACE)
        assert one.loop.pending() == 1


async def test_a_lost_agent_is_told_to_his_conversations_on_time() -> None:
    async with bench() as one:
        one.ready("a")
        one.desk.take("c", HoldAgent("a", "售前"))
        one.desk.agent_disconnected("a")
        one.loop.turn(GRACE - 1)
        assert one.posted == []
        one.loop.turn(1)
        assert one.posted == [("c", inputs.AgentLost("a"))]


async def test_nobody_there_is_told_to_the_conversation() -> None:
    async with bench() as one:
        one.desk.take("c", ask(visit=5))
        assert one.posted == [("c", inputs.NobodyFree(5))]


async def test_positions_are_shown_at_once_then_at_their_pace_and_only_when_they_changed() -> None:
    async with bench() as one:
        one.desk.take("c1", ask())
        one.desk.take("c2", ask())
        one.loop.turn()
        first, second = Position("售前", 1, 2, None), Position("售前", 2, 2, None)
        assert one.positions == [(START, {"c1": first, "c2": second})]
        one.loop.turn(100)
        one.desk.take("c3", ask(START + 100))
        one.desk.take("c3", WithdrawWish())
        one.loop.turn(POSITIONS_PACE)
        assert len(one.positions) == 1
        one.desk.take("c1", WithdrawWish())
        one.loop.turn(POSITIONS_PACE)
        assert one.positions[1][1] == {"c2": Position("售前", 1, 1, None)}
        assert one.positions[1][0] >= START + 2 * POSITIONS_PACE - 100


async def test_positions_of_a_busy_queue_come_at_most_every_two_seconds() -> None:
    async with bench() as one:
        for number in range(100):
            one.desk.take(f"c{number:03}", ask(START + number))
            one.loop.turn(97)
        times = [at for at, _ in one.positions]
        assert len(times) == 5
        assert all(later - sooner >= POSITIONS_PACE for sooner, later in pairwise(times))


async def test_consoles_are_told_at_most_four_times_a_second() -> None:
    async with bench() as one:
        one.ready("a")
        for number in range(100):
            one.desk.take(f"c{number}", ask())
            one.loop.turn(10)
        one.loop.turn(STAFF_PACE)
        assert one.staff[0] == START
        assert 4 <= len(one.staff) <= 6
        told = len(one.staff)
        one.loop.turn(5_000)
        assert len(one.staff) == told


async def test_the_last_status_is_the_one_that_is_stored() -> None:
    async with bench() as one:
        one.ready("a")
        one.desk.agent_status("a", "busy")
        one.desk.agent_status("a", "away")
    assert one.stored == [("a", "away", START)]


async def test_a_status_that_the_store_refused_is_offered_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime_desk, "REMEMBER_AGAIN", 0)
    async with bench() as one:
        one.refusals = 2
        one.ready("a")
    assert one.stored == [("a", "ready", START)]


async def test_a_restart_gives_the_slots_in_order_when_agents_come_back() -> None:
    async with bench() as one:
        agents = [Agent("a", "a", "A", capacity=2)]
        waiting = [("late", ask(START - 1)), ("early", ask(START - 5))]
        one.desk.restore(agents, {"a": "ready"}, [("held", "a", "售前")], waiting)
        assert one.posted == []
        one.desk.agent_connected("a")
        assert [name for name, _ in one.posted] == ["early"]


async def test_new_rules_are_live_at_once() -> None:
    async with bench() as one:
        one.ready("a", capacity=2)
        one.desk.rules_changed((QueueRule("售前", manual=True),))
        one.desk.take("c", ask())
        offered = one.posted[0][1]
        assert isinstance(offered, inputs.Offered)
        assert not offered.accept


async def test_a_closed_desk_rings_no_more() -> None:
    async with bench() as one:
        one.ready("a")
        one.desk.take("c", HoldAgent("a", "售前"))
        one.desk.agent_disconnected("a")
        one.desk.close()
        assert one.loop.pending() == 0
        one.desk.take("d", ask())
        assert one.loop.pending() == 0


async def test_the_loop_of_asyncio_is_such_a_loop() -> None:
    shown: list[dict[str, Position]] = []
    arrived = asyncio.Event()

    def show(places: dict[str, Position]) -> None:
        shown.append(places)
        arrived.set()

    async def remember(agent: str, presence: Presence, at: Millis) -> None:
        raise AssertionError("no status was chosen")

    async with asyncio.TaskGroup() as tasks:
        desk = DeskRuntime(
            Desk(RULES),
            HandTurned(),
            asyncio.get_running_loop(),
            tasks,
            post=lambda name, said: None,
            show_positions=show,
            staff_changed=lambda: None,
            remember=remember,
        )
        desk.take("c", ask())
        await arrived.wait()
        desk.close()
    assert list(shown[0]) == ["c"]
