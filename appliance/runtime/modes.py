"""Tells everybody who is connected what is off under load: staff at once, visitors within a second.

Telling fifteen thousand pages at the very moment of overload would be one more wave; so they are told a few at a time, and
always what is true when their turn comes.
"""

import asyncio

from appliance.delivery.frames import Mode
from appliance.delivery.packed import Packed, pack
from appliance.overload import Change
from appliance.runtime.links import Links
from appliance.runtime.overload import Overload

STEPS = 40
PAUSE = 0.025
AT_A_TIME = 25
"""Pages told in one step, unless there are more than so many steps of them."""


class Modes:
    """Loop only.  `changed` is what the overload ladder calls."""

    def __init__(self, links: Links, overload: Overload, tasks: asyncio.TaskGroup) -> None:
        self._links = links
        self._overload = overload
        self._tasks = tasks
        self._change = 0
        """Which change is being told: who is in the middle of telling an earlier one stops."""

    def changed(self, change: Change) -> None:
        """Tell everybody."""
        self._change += 1
        staff = self._frame(staff=True)
        for link in self._links.of_staff():
            link.tell(staff)
        self._tasks.create_task(self._tell_visitors(self._change), name="mode")

    async def _tell_visitors(self, change: int) -> None:
        told = self._frame(staff=False)
        visitors = tuple(self._links.of_visitors())
        at_a_time = max(AT_A_TIME, -(-len(visitors) // STEPS))
        for place, link in enumerate(visitors, start=1):
            link.tell(told)
            if place % at_a_time == 0:
                await asyncio.sleep(PAUSE)
                if change != self._change:
                    return

    def _frame(self, staff: bool) -> Packed:
        view = self._overload.view(staff)
        return pack(Mode(view.tier, view.off, view.since, view.load, view.cause, view.until))
