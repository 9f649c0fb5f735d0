"""The tiers of degradation, forced one after the other while people talk, and let go again: nothing may be lost at any of them."""

import asyncio
import contextlib
import http.client
from typing import Any

from appliance.errors import KefuError, Text
from tools.claims.findings import Findings, Ladder
from tools.claims.house import House, hire, judge, play, until
from tools.claims.traffic import text_for
from tools.loadtest.scenario import MOST_HELD, Phase, Scenario
from tools.loadtest.serving import Serving

UP = (1, 2, 3)
VISITORS = 100
RATE = 200.0
TALK = "talk"
PATIENCE = 5.0
HELD = 60
"""Seconds for which a tier is forced: it is let go long before."""

BACK = 20.0
"""Seconds within which it must be back at tier 0 once it is let go: it climbs down one tier at a time."""


class NoLadder(KefuError):
    """The appliance has no ladder that can be asked for a tier."""


async def ladder(house: House, hold: float, processes: int, found: Findings) -> None:
    """Hold each tier for so many seconds under load, then let it go."""
    scenario = scenario_of(hold)
    async with house.appliance(text_for(VISITORS)) as serving:
        await asyncio.to_thread(overload, serving, "GET")
        cookie = await asyncio.to_thread(hire, serving, "agent", MOST_HELD, "service")
        talking, stairs = asyncio.Event(), Stairs(serving, hold)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(stairs.climb(talking))
            course = await play(scenario, serving, [cookie], processes, {TALK: talking})
        results = await judge(scenario, serving, course)
    totals = results.totals
    found.ladder = Ladder(
        wanted=[*UP, 0],
        seen=stairs.seen,
        off=stairs.off,
        acked=totals.acked,
        lost=totals.lost,
        duplicated=totals.duplicated,
        out_of_order=totals.out_of_order,
        unanswered=totals.unanswered,
    )


def scenario_of(hold: float) -> Scenario:
    """Return what is played: people who come and talk for as long as the tiers are held, and a while after."""
    phases = (
        Phase("arrive", 1.0, visitors=VISITORS, greet=True),
        Phase(TALK, hold * (len(UP) + 1) + 2.0, rate=RATE, agent_rate=4.0, pace="even"),
    )
    return Scenario("ladder", Text("降级", "Degradation"), phases, agents=1)


class Stairs:
    """The tiers that were wanted and seen; `off` is what the highest switched off."""

    def __init__(self, serving: Serving, hold: float) -> None:
        self.seen: list[int] = [0]
        self.off: list[str] = []
        self._serving = serving
        self._hold = hold

    async def climb(self, talking: asyncio.Event) -> None:
        """Go up tier by tier, and let go."""
        await talking.wait()
        for tier in UP:
            await self._force(tier)
            await until_tier(self._serving, tier, PATIENCE)
            state = await asyncio.to_thread(overload, self._serving, "GET")
            self._note(state)
            self.off = list(state["off"])
            await asyncio.sleep(self._hold)
        await self._force(None)
        await until_tier(self._serving, 0, BACK)
        self._note(await asyncio.to_thread(overload, self._serving, "GET"))

    def _note(self, state: dict[str, Any]) -> None:
        if self.seen[-1] != state["tier"]:
            self.seen.append(int(state["tier"]))

    async def _force(self, tier: int | None) -> None:
        await asyncio.to_thread(overload, self._serving, "POST", {"tier": tier, "seconds": HELD})


async def until_tier(serving: Serving, tier: int, within: float) -> bool:
    """Wait until the appliance says that it is on a tier; return False when it was not within so many seconds."""

    def there() -> bool:
        with contextlib.suppress(OSError, http.client.HTTPException):
            return bool(overload(serving, "GET")["tier"] == tier)
        return False

    return await until(there, within, 0.1)


def overload(serving: Serving, method: str, body: object = None) -> dict[str, Any]:
    """Return the state of the ladder; raises NoLadder where there is none."""
    status, told, _ = serving.admin(method, "/admin/overload", body)
    if status != http.HTTPStatus.OK:
        raise NoLadder(
            Text(
                f"{method} /admin/overload 得到 {status}。",
                f"{method} /admin/overload was answered with {status}.",
            ),
            Text("这个版本没有降级阶梯。", "This version has no overload ladder."),
        )
    state: dict[str, Any] = told
    return state
