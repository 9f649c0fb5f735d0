"""The heartbeat of one session: when to ask whether the peer is there, and when he has failed to answer."""

from msgspec import Struct

from appliance.model import Millis


class Heartbeat(Struct, gc=False):
    """Pings every `every` ms, first at `ping_due`; answers are due in `within` ms.

    Both may be set anew; they count from the next ping on.
    """

    every: Millis
    within: Millis
    ping_due: Millis
    number: int = 0
    answer_due: Millis | None = None

    def due(self) -> Millis:
        """Return the time at which something is to be done next."""
        return self.ping_due if self.answer_due is None else self.answer_due

    def ping(self, now: Millis) -> int:
        """Return the number of a ping to be sent now, 0 when none is due."""
        if self.answer_due is not None or now < self.ping_due:
            return 0
        self.number += 1
        self.ping_due = now + self.every
        self.answer_due = now + self.within
        return self.number

    def answered(self, number: int) -> None:
        """Take a pong; only the answer to the last ping counts."""
        if number == self.number:
            self.answer_due = None

    def failed(self, now: Millis) -> bool:
        """Return whether the last ping should have been answered by now."""
        return self.answer_due is not None and now >= self.answer_due
