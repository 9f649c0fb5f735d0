"""What keeps the loop from its work: a second pair of eyes that looks at the loop's stack whenever its heartbeat is late.

The loop notes the time every 25 ms; a thread wakes as often and, when the note is old, takes the main thread's stack every 10 ms until
the next one.  The length of a stall is measured on the loop and is exact; it is shared out among the stacks that were seen.  A C function that
keeps the interpreter's lock lets nobody look: such a stall is counted all the same, as `UNSEEN`.
"""

import asyncio
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable

from appliance.telemetry.profiling.profile import Frame, Place, Profile, Sample, Tally, frame_of, places

BEAT = 0.025
LATE = 0.025
"""A beat that is later than this is a stall; shorter ones are everyday work."""

LOOK = 0.01
MOST_STACKS = 1_000
"""Different stacks that are kept; what comes after is counted under `OTHERS`."""

UNSEEN = Frame("(a C call that keeps the interpreter's lock)", "", 0, 0)
OTHERS = Frame("(others)", "", 0, 0)

_Stack = tuple[Place, ...]


class StallWatch:
    """Watches the loop of the thread that calls `start`, until `stop`."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._tally = Tally(2)
        self._unseen = [0, 0]
        self._others = [0, 0]
        self._at = time.time()
        self._due = 0.0
        self._seen: Counter[_Stack] = Counter()
        self._watched = 0
        self._handle: asyncio.TimerHandle | None = None
        # Held while it is watched: waiting for a lock costs less than any other way to be woken before the time.
        self._watching = threading.Lock()
        self._thread: threading.Thread | None = None
        self.stalls = 0
        """How often the loop stood still."""
        self.worst = 0.0
        """The latest beat (s) since it was last set to 0 by who reads it."""

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to watch `loop`, which runs on this thread."""
        self._watched = threading.get_ident()
        self._due = self._now() + BEAT
        self._handle = loop.call_later(BEAT, self._beat, loop)
        self._watching.acquire()
        self._thread = threading.Thread(target=self._watch, name="kefu-stalls", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Watch no more."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        if self._thread is not None:
            self._watching.release()
            self._thread.join()
            self._thread = None

    def _beat(self, loop: asyncio.AbstractEventLoop) -> None:
        now = self._now()
        self.beat(now - self._due)
        self._due = now + BEAT
        self._handle = loop.call_later(BEAT, self._beat, loop)

    def _watch(self) -> None:
        wait = BEAT
        while not self._watching.acquire(timeout=wait):
            late = self._now() > self._due + LATE
            wait = LOOK if late else BEAT
            if late:
                self.look()
        self._watching.release()

    # ---- called on time by the two above

    def look(self) -> None:
        """Note what the watched thread does at this moment."""
        frame = sys._current_frames().get(self._watched)  # noqa: SLF001 - the documented way to other threads' stacks
        if frame is not None:
            self._seen[places(frame)] += 1

    def beat(self, late: float) -> None:
        """A beat came this late (s): share the stall out among what was seen meanwhile."""
        self.worst = max(self.worst, late)
        if late < LATE:
            # What was seen since the last beat was over before it was a stall.
            if self._seen:
                self._seen = Counter()
            return
        seen, self._seen = self._seen, Counter()
        self.stalls += 1
        delay = int(late * 1e9)
        looks = seen.total()
        # One stall is one contention, whatever was seen of it: on the stack that was seen most.
        most = seen.most_common(1)[0][0] if seen else None
        for stack, count in seen.items():
            self._count(stack, int(stack == most), delay * count // looks)
        if most is None:
            self._unseen = [self._unseen[0] + 1, self._unseen[1] + delay]

    def _count(self, stack: _Stack, stalls: int, delay: int) -> None:
        if len(self._tally) < MOST_STACKS or stack in self._tally:
            self._tally.add(stack, (stalls, delay))
        else:
            self._others = [self._others[0] + stalls, self._others[1] + delay]

    # ---- reading

    async def run(self, seconds: float) -> Profile:
        """Return the stalls of the next `seconds`; of all since the start for 0."""
        if seconds <= 0:
            return self.profile()
        before, at = self._rows(), time.time()
        await asyncio.sleep(seconds)
        return _profile(self._rows(), before, at, seconds)

    def profile(self) -> Profile:
        """Return the stalls since the start."""
        return _profile(self._rows(), {}, self._at, time.time() - self._at)

    def _rows(self) -> dict[_Stack | Frame, tuple[int, ...]]:
        rows: dict[_Stack | Frame, tuple[int, ...]] = {
            stack: values for stack, _, values in self._tally.rows()
        }
        rows[UNSEEN], rows[OTHERS] = tuple(self._unseen), tuple(self._others)
        return rows


def _profile(
    after: dict[_Stack | Frame, tuple[int, ...]],
    before: dict[_Stack | Frame, tuple[int, ...]],
    at: float,
    seconds: float,
) -> Profile:
    samples: list[Sample] = []
    for key, values in after.items():
        then = before.get(key, (0, 0))
        grown = tuple(now - was for now, was in zip(values, then, strict=True))
        if any(grown):
            stack = (key,) if isinstance(key, Frame) else tuple(frame_of(*place) for place in key)
            samples.append(Sample(stack, grown))
    types = (("contentions", "count"), ("delay", "nanoseconds"))
    said = f"times when the event loop was {LATE * 1000:.0f} ms late or more, by what it did"
    return Profile(types, samples, at, seconds, ("contentions", "count"), 1, (said,))
