"""The alarm clock of all conversations: one heap entry each, one call_later for all of them.

A conversation says when its earliest timer is due; only the newest word counts, so nothing is ever removed from the heap:
an entry is compared with that word when it is popped.  No timer has an owner that can forget it.
"""

import asyncio
import heapq
import logging
from collections.abc import Callable

from appliance.model import Millis
from appliance.ports import Clock

_log = logging.getLogger("kefu.timers")


class Timers:
    """Calls `wake(conversation)` once its due time has come.  Loop only."""

    def __init__(self, loop: asyncio.AbstractEventLoop, clock: Clock, wake: Callable[[str], None]) -> None:
        self._loop = loop
        self._clock = clock
        self._wake = wake
        self._due: dict[str, Millis] = {}
        self._heap: list[tuple[Millis, str]] = []
        self._running = False
        self._alarm: asyncio.TimerHandle | None = None
        self._alarm_at: Millis = 0

    def start(self) -> None:
        """Let the clocks run: until the desk is restored nothing may fire."""
        self._running = True
        self._arm()

    def set(self, conversation: str, due: Millis | None) -> None:
        """Set, move or (None) stop the alarm of a conversation."""
        if due is None:
            self._due.pop(conversation, None)
            return
        if self._due.get(conversation) == due:
            return
        self._due[conversation] = due
        heapq.heappush(self._heap, (due, conversation))
        # Re-arming timers leaves dead entries behind; the heap is rebuilt before they outnumber the living.
        if len(self._heap) > 2 * len(self._due) + 64:
            self._heap = [(when, who) for who, when in self._due.items()]
            heapq.heapify(self._heap)
        if self._alarm is None or due < self._alarm_at:
            self._arm()

    def stop(self) -> None:
        """Forget every alarm."""
        self._running = False
        self._due.clear()
        self._heap.clear()
        self._arm()

    def __len__(self) -> int:
        return len(self._due)

    def _arm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if self._heap and self._running:
            self._alarm_at = self._heap[0][0]
            wait = max(0, self._alarm_at - self._clock.now()) / 1000
            self._alarm = self._loop.call_later(wait, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        now = self._clock.now()
        while self._heap and self._heap[0][0] <= now:
            due, conversation = heapq.heappop(self._heap)
            if self._due.get(conversation) == due:
                del self._due[conversation]
                try:
                    self._wake(conversation)
                except Exception:
                    # One conversation's defect must not stop the clocks of all others.
                    _log.exception("a conversation could not be woken", extra={"conversation": conversation})
        if self._alarm is None:
            self._arm()
