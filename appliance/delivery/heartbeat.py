"""The heartbeat of one session: when to ask whether the peer is there, and when he has failed to answer."""

from appliance.model import Millis


class Heartbeat:
    """Pings every `every` ms, the first one a fraction `first` (0..1) of that from `now`; answers are due in `within` ms.

    Both may be set anew; they count from the next ping on.
    """

    __slots__ = ("_answer_due", "_number", "_ping_due", "every", "within")

    def __init__(self, now: Millis, every: Millis, within: Millis, first: float) -> None:
        self.every = every
        self.within = within
        self._number = 0
        self._ping_due = now + int(every * first)
        self._answer_due: Millis | None = None

    def due(self) -> Millis:
        """Return the time at which something is to be done next."""
        return self._ping_due if self._answer_due is None else self._answer_due

    def ping(self, now: Millis) -> int:
        """Return the number of a ping to be sent now, 0 when none is due."""
        if self._answer_due is not None or now < self._ping_due:
            return 0
        self._number += 1
        self._ping_due = now + self.every
        self._answer_due = now + self.within
        return self._number

    def answered(self, number: int) -> None:
        """Take a pong; only the answer to the last ping counts."""
        if number == self._number:
            self._answer_due = None

    def failed(self, now: Millis) -> bool:
        """Return whether the last ping should have been answered by now."""
        return self._answer_due is not None and now >= self._answer_due
