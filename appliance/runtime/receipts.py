"""Receipts: how far each reader of a conversation has received and read.

They are maxima in a table of their own, outside flow and log, stored and shown at most once a second: a hundred messages read
at a glance are one line.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence

from appliance.errors import StoreError
from appliance.ports import Marks

PACE_MS = 1_000
STEPS = 40
PAUSE = 0.02
"""What has been collected is shown in at most so many steps, with pauses (s) between them, so within a second."""

AT_A_TIME = 25
"""Conversations shown in one step, unless there are more than so many steps of them."""

_log = logging.getLogger("kefu.receipts")


class Receipts:
    """Collects marks and hands them on.  Loop only.

    `store` raises the stored maxima; `show` tells the other parties of the conversation.  While they are `held`, as they are
    under load, only the maxima are kept; `release` makes up for it.
    """

    def __init__(
        self,
        tasks: asyncio.TaskGroup,
        later: Callable[[int, Callable[[], None]], None],
        store: Callable[[Mapping[str, Sequence[Marks]]], Awaitable[None]],
        show: Callable[[str, Marks], None],
        held: Callable[[], bool] = lambda: False,
    ) -> None:
        self._tasks = tasks
        self._later = later
        self._store = store
        self._show = show
        self._held = held
        self._pending: dict[str, dict[str, Marks]] = {}
        self._set = False

    def mark(self, conversation: str, reader: str, delivered: int, read: int) -> None:
        """Note that `reader` has received and read up to these seqs; 0 says nothing."""
        readers = self._pending.setdefault(conversation, {})
        before = readers.get(reader, Marks(reader))
        readers[reader] = Marks(reader, max(before.delivered, delivered, read), max(before.read, read))
        if not self._set and not self._held():
            self._set = True
            self._later(PACE_MS, self._come_due)

    def _come_due(self) -> None:
        self._set = False
        self.release()

    def release(self) -> None:
        """Store and show what has been collected, unless it is to be held."""
        if not self._held():
            self.flush()

    def flush(self) -> None:
        """Store and show what has been collected."""
        pending, self._pending = self._pending, {}
        if pending:
            self._tasks.create_task(self._keep(pending), name="receipts")

    async def _keep(self, pending: dict[str, dict[str, Marks]]) -> None:
        at_a_time = max(AT_A_TIME, -(-len(pending) // STEPS))
        for place, (conversation, readers) in enumerate(pending.items(), start=1):
            for marks in readers.values():
                self._show(conversation, marks)
            if place % at_a_time == 0:
                # Thousands of receipts at once would hold up the messages behind them: 20 ms and more, every second.
                await asyncio.sleep(PAUSE)
        try:
            # One write for all of them: one each would queue up faster than the disk can sync.
            await self._store({name: tuple(readers.values()) for name, readers in pending.items()})
        except StoreError as error:
            # A receipt that is lost costs a tick mark; the next one is higher and repairs it.
            _log.warning("receipts are not stored", extra={"conversations": len(pending), "error": error})
