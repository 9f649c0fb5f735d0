"""What a load test is to do: phases one after the other, and the targets that it is judged by.

A scenario is only data.  tools/loadtest/reading.py makes it from YAML; `resized` is what the options of the command line do to
it; `unfit` says why it cannot be run within the limits that kefu sets to every visitor and agent.
"""

import math
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from appliance.errors import Text
from tools.loadtest.results import Target

Pace = Literal["poisson", "even"]

VISITOR_RATE = 25.0
"""Messages a second of one visitor: he may send 300 frames in 10 s, receive acks included."""

AGENT_RATE = 4.0
"""Messages a second of one agent, who may send 50 in 10 s."""

MOST_HELD = 480
"""Conversations of one agent: no account has more than 500 places, and who comes back needs one."""

SHORTEST = 48
"""Bytes of a message that carries the mark by which it is recognised at the other end."""


class Phase(Struct, frozen=True):
    """One phase.  Durations in seconds, rates in messages a second of all together, sizes in bytes.

    `visitors` are there at its end: newcomers arrive evenly over `seconds`; None: as many as before.  `greet`: newcomers say a
    first sentence, and the phase lasts until each of them has an agent.  `messages`: as many as these, as fast as it goes with
    `outstanding` under way, instead of a rate; the phase ends with the last one.  `think`: each visitor speaks after so long on
    average, instead of a rate.  `deaf`: this share of the visitors reads nothing.  `cut`: everybody is cut off when it begins,
    and comes back like our pages do.  `burst`: memory is compared with that before it.  `overload`:
    more is offered than can be taken, and what gets through is compared with the phases before.
    """

    name: str
    seconds: float = 0.0
    visitors: int | None = None
    greet: bool = False
    rate: float | None = None
    think: float | None = None
    agent_rate: float = 0.0
    bytes: int = 96
    pace: Pace = "poisson"
    messages: int | None = None
    outstanding: int = 1_000
    deaf: float = 0.0
    cut: bool = False
    burst: bool = False
    overload: bool = False


class Scenario(Struct, frozen=True):
    """A whole load test.  `soak`: the line through the memory over time is what it is about.

    `stammer`: this share of the messages is sent twice, as a client does whose ack was lost.  `vip`: this share of the visitors
    are VIPs.  `store_rate`: the store takes so many records a second, so that the appliance is the limit and not the machine that
    it shares with the generator.  `gives_up`: who is told to try again later does not.
    """

    name: str
    title: Text
    phases: tuple[Phase, ...]
    agents: int = 0
    targets: tuple[Target, ...] = ()
    about: Text = Text("", "")
    soak: bool = False
    stammer: float = 0.0
    vip: float = 0.0
    store_rate: int = 0
    gives_up: bool = False

    @property
    def visitors(self) -> int:
        """The most visitors at any time."""
        return max((phase.visitors or 0 for phase in self.phases), default=0)

    @property
    def seconds(self) -> float:
        """What all phases with a length take together."""
        return sum(phase.seconds for phase in self.phases)

    @property
    def messages(self) -> float:
        """About how many messages will be sent."""
        total, here = 0.0, 0
        for phase in self.phases:
            newcomers = max(0, (phase.visitors or here) - here)
            here = phase.visitors or here
            rate = offered(phase, here)
            total += phase.messages or (phase.seconds * (rate + phase.agent_rate))
            total += newcomers if phase.greet else 0
        return total

    def resized(
        self,
        visitors: int | None = None,
        agents: int | None = None,
        rate: float | None = None,
        seconds: float | None = None,
        scale: float = 1.0,
    ) -> "Scenario":
        """Return the same with at most `visitors` and `rate`, in `seconds` in all, and `scale` of the counted messages.

        The proportions between its phases stay.
        """
        of_visitors = 1.0 if visitors is None else visitors / max(1, self.visitors)
        of_seconds = 1.0 if seconds is None else seconds / max(0.001, self.seconds)
        highest = max((phase.rate or 0.0 for phase in self.phases), default=0.0)
        of_rate = 1.0 if rate is None or not highest else rate / highest
        # Whoever asks for fewer agents wants fewer answers, not an error.
        most = math.inf if agents is None else agents * AGENT_RATE
        return replace(
            self,
            targets=tuple(_fitting(target, of_visitors, scale) for target in self.targets),
            agents=self.agents if agents is None else agents,
            store_rate=round(self.store_rate * of_rate),
            phases=tuple(
                _resized(phase, of_visitors, of_rate, of_seconds, scale, most) for phase in self.phases
            ),
        )


def _fitting(target: Target, visitors: float, scale: float) -> Target:
    """Return a target that counts what the options change, for the changed number."""
    factor = {"totals.connections": visitors, "totals.acked": scale}.get(target.measure, 1.0)
    if target.at_least is None or factor == 1.0:
        return target
    return replace(target, at_least=float(round(target.at_least * factor)))


def _resized(phase: Phase, visitors: float, rate: float, seconds: float, scale: float, most: float) -> Phase:
    return replace(
        phase,
        seconds=phase.seconds * seconds,
        visitors=None if phase.visitors is None else max(1, round(phase.visitors * visitors)),
        rate=None if phase.rate is None else phase.rate * rate,
        agent_rate=min(most, phase.agent_rate * rate),
        messages=None if phase.messages is None else max(1, round(phase.messages * scale)),
    )


def offered(phase: Phase, visitors: int) -> float:
    """Return how many messages a second the visitors of a phase write; 0 where they do not, or as fast as it goes."""
    if phase.think:
        return visitors / phase.think
    return phase.rate or 0.0


def unfit(scenario: Scenario) -> list[tuple[int, str, Text, Text]]:
    """Return why it cannot be run: (number of the phase or -1, key, cause, remedy) of each reason."""
    found: list[tuple[int, str, Text, Text]] = []
    here = 0
    for number, phase in enumerate(scenario.phases):
        here = here if phase.visitors is None else phase.visitors
        found += [(number, *reason) for reason in _unfit(phase, here, scenario.agents)]
    served = any(phase.greet for phase in scenario.phases)
    if served and scenario.visitors > scenario.agents * MOST_HELD:
        needed = math.ceil(scenario.visitors / MOST_HELD)
        cause = Text(
            f"{scenario.agents} 位客服接待不了 {scenario.visitors} 位访客",
            f"{scenario.agents} agents cannot serve {scenario.visitors} visitors",
        )
        found.append((-1, "agents", cause, Text(f"至少要 {needed} 位", f"it takes {needed} at least")))
    return found


def _unfit(phase: Phase, here: int, agents: int) -> list[tuple[str, Text, Text]]:
    found: list[tuple[str, Text, Text]] = []
    speaks = phase.rate or phase.think or phase.messages
    if speaks and not here:
        cause = Text("这时还没有访客", "there are no visitors yet")
        found.append(("rate", cause, Text("先写 visitors", "write visitors first")))
        return found
    rate = offered(phase, here)
    if rate > here * VISITOR_RATE:
        cause = Text(
            f"{here} 位访客每秒最多发 {here * VISITOR_RATE:g} 条（kefu 对每位访客的上限）",
            f"{here} visitors may send {here * VISITOR_RATE:g} messages a second at most (kefu's limit for each)",
        )
        found.append(("rate", cause, Text("增加访客，或降低 rate", "more visitors, or a lower rate")))
    if phase.agent_rate > agents * AGENT_RATE:
        cause = Text(
            f"{agents} 位客服每秒最多发 {agents * AGENT_RATE:g} 条（kefu 对每位客服的上限）",
            f"{agents} agents may send {agents * AGENT_RATE:g} messages a second at most (kefu's limit for each)",
        )
        remedy = Text("增加客服，或降低 agent_rate", "more agents, or a lower agent_rate")
        found.append(("agent_rate", cause, remedy))
    if sum(map(bool, (phase.rate, phase.think, phase.messages))) > 1:
        cause = Text(
            "rate、think、messages 只能写一个", "only one of rate, think and messages can be written"
        )
        found.append(("rate", cause, Text("留一个", "keep one of them")))
    return found
