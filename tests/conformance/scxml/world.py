"""The platform around sessions: a virtual clock, the external queues, who is there."""

import heapq
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from appliance.flow import macrostep
from tests.conformance.scxml.events import Event
from tests.conformance.scxml.faults import Unsupported
from tests.conformance.scxml.reader import Document
from tests.conformance.scxml.session import Session

MOST_EVENTS = 20_000
MOST_MICROSTEPS = 5_000


class World:
    """See the module.  All external queues are one line: who was sent an event first works first."""

    def __init__(self) -> None:
        self.clock = 0
        self.logged: list[str] = []
        self.sessions: dict[str, Session] = {}
        self._line: deque[tuple[Session, Event | dict[str, Any]]] = deque()
        self._delayed: list[tuple[int, int, Session, Event, str]] = []
        self._numbers = 0

    def new_id(self, prefix: str) -> str:
        """Return an id that nobody has."""
        self._numbers += 1
        return f"{prefix}{self._numbers}"

    def session(
        self, document: Document, parent: Session | None = None, invokeid: str | None = None
    ) -> Session:
        """Return a new session that has not begun."""
        made = Session(self.new_id("session"), document, self, parent, invokeid)
        self.sessions[made.id] = made
        return made

    def begin(self, session: Session, given: dict[str, Any]) -> None:
        """Let a session begin when its turn comes."""
        self._line.append((session, given))

    def put(self, session: Session, event: Event) -> None:
        """Append an event to the external queue of a session."""
        self._line.append((session, event))

    def later(self, sender: Session, event: Event, target: str, delay: int) -> None:
        """Deliver an event after `delay` milliseconds."""
        if not delay:
            sender.arrive(event, target)
            return
        self._numbers += 1
        heapq.heappush(self._delayed, (self.clock + delay, self._numbers, sender, event, target))

    def cancel(self, sender: Session, sendid: str) -> None:
        """Take back what `sender` sent under this id and has not arrived."""
        self._keep(lambda item: item[2] is not sender or item[3].sendid != sendid)

    def forget(self, session: Session) -> None:
        """A session has ended: what it sent and has not arrived never will."""
        self._keep(lambda item: item[2] is not session)
        self.sessions.pop(session.id, None)

    def _keep(self, wanted: Any) -> None:
        self._delayed = [item for item in self._delayed if wanted(item)]
        heapq.heapify(self._delayed)

    def run(self, until: int | None = None) -> None:
        """Work until nothing is left to do, or to a moment of the clock."""
        with _patience():
            for _ in range(MOST_EVENTS):
                if not self._work(until):
                    break
            else:
                raise Unsupported("a document that never rests")
        if until is not None:
            self.clock = max(self.clock, until)

    def _work(self, until: int | None) -> bool:
        if self._line:
            session, what = self._line.popleft()
            if isinstance(what, Event):
                session.receive(what)
            elif not session.ended:
                session.start(what)
            return True
        if not self._delayed or (until is not None and self._delayed[0][0] > until):
            return False
        self.clock, _, sender, event, target = heapq.heappop(self._delayed)
        sender.arrive(event, target)
        sender.wake()
        return True


@contextmanager
def _patience() -> Iterator[None]:
    """A flow that takes a hundred microsteps is ill; a document of a suite may count to a hundred."""
    before = macrostep.MOST_MICROSTEPS
    macrostep.MOST_MICROSTEPS = MOST_MICROSTEPS
    try:
        yield
    finally:
        macrostep.MOST_MICROSTEPS = before
