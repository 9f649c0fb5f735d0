"""One timer for all connections: a wheel of slots that turns once a quarter of a second.

A timer a connection would cost the event loop a heap of tens of thousands of entries, and most of them would be
cancelled; here arming is an append and a dead entry is skipped when its slot comes round.
"""

import asyncio
import logging
from collections import deque
from typing import Protocol

from appliance.model import Millis

GRAIN: Millis = 250
SLOTS = 128
"""GRAIN * SLOTS is the longest time ahead: 32 s; what is armed for later comes at that time."""

AT_ONCE = 32
"""So many calls are made before the loop turns: of 19,000 connections a thousand come due at a time, 10 ms of work, and who
has just sent something is not to wait for all of them.
"""

logger = logging.getLogger("kefu.channels")


class Timed(Protocol):
    """Whom the wheel calls back.  An object rather than a bound method, which would be one more thing a connection."""

    def tick(self) -> None:
        """Do what has come due; it may have become pointless meanwhile."""
        ...


class Wheel:
    """Calls back after a while, up to GRAIN ms late, never early.  It turns only while something is armed."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._slots: list[list[Timed]] = [[] for _ in range(SLOTS)]
        self._at = 0
        self._armed = 0
        self._due: deque[Timed] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def after(self, delay: Millis, timed: Timed) -> None:
        """Call `timed.tick` once, `delay` ms from now.  It cannot be cancelled."""
        ahead = min(max(-(-delay // GRAIN) + 1, 1), SLOTS - 1)
        self._slots[(self._at + ahead) % SLOTS].append(timed)
        self._armed += 1
        if self._timer is None:
            self._timer = self._loop.call_later(GRAIN / 1000, self._turn)

    def stop(self) -> None:
        """Forget everything."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._slots = [[] for _ in range(SLOTS)]
        self._due.clear()
        self._armed = 0

    def _turn(self) -> None:
        self._at = (self._at + 1) % SLOTS
        due, self._slots[self._at] = self._slots[self._at], []
        self._armed -= len(due)
        self._timer = None
        idle = not self._due
        self._due.extend(due)
        if idle:
            self._call()
        # What was called may have armed something, and so started the timer.
        if self._armed and self._timer is None:
            self._timer = self._loop.call_later(GRAIN / 1000, self._turn)

    def _call(self) -> None:
        """Make some of the calls that have come due; the rest when the loop has turned."""
        for _ in range(min(AT_ONCE, len(self._due))):
            timed = self._due.popleft()
            try:
                timed.tick()
            except Exception:
                # The others in this slot belong to other people.
                logger.exception("a timed call failed")
        if self._due:
            self._loop.call_soon(self._call)
