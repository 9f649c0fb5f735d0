"""The clocks of the desk: one heap for overflow, ageing, offers and grace times.

Most clocks never ring, because what they wait for happens first.  So nothing is ever searched in the heap: a subject carries
its own `due`, and an entry that no longer agrees with it is dropped when it comes up.
"""

from heapq import heappop, heappush
from itertools import count
from typing import Generic, Protocol, TypeVar

from appliance.model import Millis


class Due(Protocol):
    """Something with one clock; `due` is when it rings, None while it does not run."""

    due: Millis | None


Subject = TypeVar("Subject", bound=Due)


class Clocks(Generic[Subject]):
    """At most one running clock for each subject."""

    __slots__ = ("_heap", "_serial")

    def __init__(self) -> None:
        self._heap: list[tuple[Millis, int, Subject]] = []
        self._serial = count()

    def ring(self, subject: Subject, due: Millis | None) -> None:
        """Let the subject's clock ring at `due` instead of whenever it would have; None stops it."""
        if subject.due != due:
            subject.due = due
            if due is not None:
                heappush(self._heap, (due, next(self._serial), subject))

    def take(self, now: Millis) -> Subject | None:
        """Stop and return the next subject that is due at `now`, in order of time; None when there is none."""
        due = self.next_due()
        if due is None or due > now:
            return None
        subject = heappop(self._heap)[2]
        subject.due = None
        return subject

    def next_due(self) -> Millis | None:
        """Return when the next clock rings, or None."""
        heap = self._heap
        while heap and heap[0][2].due != heap[0][0]:
            heappop(heap)
        return heap[0][0] if heap else None
