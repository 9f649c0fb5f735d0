"""What a decision of the desk costs with 2,000 conversations waiting and 200 agents, each holding 8 of 8.

Every agent is ready, all are full: the state in which a desk works hardest.  A turn is a conversation that ends and the slot that
goes to the next one: free, offer with its reasons, hold, and a new one that joins the line.
"""

import random
from time import perf_counter_ns

from appliance.dispatch import views
from appliance.dispatch.commands import Offer
from appliance.dispatch.desk import Desk
from appliance.dispatch.rules import QueueRule
from appliance.effects import WantAgent
from appliance.model import Agent, Millis
from tests.bench.result import Result

AGENTS = 200
WAITING = 2_000
CAPACITY = 8
QUEUES = ("VIP专席", "售前", "售后", "投诉", "海外")


def _full_desk(chance: random.Random) -> tuple[Desk, Millis]:
    now: Millis = 1_000_000
    desk = Desk(
        (
            QueueRule("VIP专席", overflow_to="售前"),
            QueueRule("售前", vip_first=True),
            *(QueueRule(name) for name in QUEUES[2:]),
        )
    )
    for number in range(AGENTS):
        skills = () if number % 4 == 0 else tuple(chance.sample(QUEUES, 2))
        agent = f"agent{number:03}"
        desk.agent_changed(Agent(agent, agent, agent, skills=skills, capacity=CAPACITY), now)
        desk.agent_connected(agent, now)
        for held in range(CAPACITY):
            desk.hold(f"{agent}-{held}", agent, chance.choice(QUEUES), now)
        desk.agent_status(agent, "ready", now)
    for number in range(WAITING):
        now += chance.randrange(100)
        desk.want(f"wait{number}", _wish(chance, now, number, chance.choice(QUEUES)), now)
    return desk, now


def _wish(chance: random.Random, now: Millis, visit: int, queue: str) -> WantAgent:
    last = f"agent{chance.randrange(AGENTS):03}" if chance.random() < 0.3 else ""
    return WantAgent(queue, now, True, visit, vip=chance.random() < 0.1, last_agent=last)


def run(quick: bool) -> list[Result]:
    """Measure; `quick` takes a tenth of the turns."""
    turns = 1_000 if quick else 10_000
    chance = random.Random(7)
    desk, now = _full_desk(chance)
    frees: list[int] = []
    wants: list[int] = []
    busy = [(name, seat.agent.id) for seat in desk.roster.seats.values() for name in seat.held]
    for turn in range(turns):
        now += 5
        place = chance.randrange(len(busy))
        name, agent = busy[place]
        began = perf_counter_ns()
        commands = desk.free(name, agent, now)
        frees.append(perf_counter_ns() - began)
        offer = next(one for one in commands if isinstance(one, Offer))
        desk.hold(offer.conversation, offer.agent, offer.queue, now)
        busy[place] = (offer.conversation, offer.agent)
        # Who joins takes the line of the one who was served, so that no line runs dry.
        wish = _wish(chance, now, WAITING + turn, str(offer.reasons["home"]))
        began = perf_counter_ns()
        desk.want(f"more{turn}", wish, now)
        wants.append(perf_counter_ns() - began)
    frees.sort()
    wants.sort()
    began = perf_counter_ns()
    for name in QUEUES:
        views.positions(desk, name)
    shown = perf_counter_ns() - began
    return [
        Result(name="desk: slot comes free, median", value=_micros(frees[turns // 2]), unit="µs", goal=50),
        Result(name="desk: slot comes free, p99", value=_micros(frees[turns * 99 // 100]), unit="µs"),
        Result(name="desk: one more joins, median", value=_micros(wants[turns // 2]), unit="µs", goal=50),
        Result(name="desk: one more joins, p99", value=_micros(wants[turns * 99 // 100]), unit="µs"),
        Result(name="desk: positions of all 2,000", value=_micros(shown), unit="µs"),
    ]


def _micros(nanoseconds: int) -> float:
    return round(nanoseconds / 1_000, 1)
