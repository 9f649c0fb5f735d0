"""The appliance that is measured: the real one as a process of its own, on loopback, in a directory that is gone afterwards."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path

from msgspec import Struct

from tools.claims.peers import Sentry
from tools.loadtest.audit import audit, both
from tools.loadtest.conductor import Conductor, Course, Outlook
from tools.loadtest.line import HandshakeRefused
from tools.loadtest.loopback import Door
from tools.loadtest.outcome import Setting, outcome, readers_of, streams_of
from tools.loadtest.person import Person
from tools.loadtest.results import Results
from tools.loadtest.scenario import Scenario
from tools.loadtest.serving import RUN, Serving
from tools.loadtest.tally import judged

ENTRY: Sequence[str] = RUN
SEED = 1
ENTERED_WITHIN = 15.0


def shop(name: str = "shop.yaml") -> str:
    """Return the text of one of the configurations that come with `kefu claims`."""
    return (files("tools.claims") / "shops" / name).read_text(encoding="utf-8")


class House(Struct):
    """Where the measurements work: a folder, and the sentry that watches every appliance.  `count` names the next one."""

    folder: Path
    sentry: Sentry
    count: int = 0

    @asynccontextmanager
    async def appliance(self, text: str) -> AsyncIterator[Serving]:
        """Run one on a directory of its own as long as the block lasts; it is killed at its end.  Raises StartError."""
        self.count += 1
        place = self.folder / str(self.count)
        place.mkdir()
        serving = Serving(place, text, ENTRY)
        pid = 0
        try:
            await started(serving)
            pid = serving.pid
            self.sentry.watch(pid)
            yield serving
        finally:
            self.sentry.leave(pid)
            serving.kill()


async def started(serving: Serving) -> None:
    """Start an appliance without holding up the loop; raises StartError.  Cancelled, it leaves no process behind."""
    starting = asyncio.get_running_loop().run_in_executor(None, serving.start)
    try:
        await asyncio.shield(starting)
    except asyncio.CancelledError:
        # A start that nobody waits for any more ends as soon as its process does.
        while not starting.done():
            serving.kill()
            await asyncio.sleep(0.02)
        serving.kill()
        raise


def hire(serving: Serving, login: str, capacity: int, queue: str = "") -> str:
    """Return the cookie of a new agent, who serves that queue alone, or all of them; raises OfficeFailed."""
    invited = serving.hire(login, capacity)
    if queue:
        serving.admin("PATCH", f"/admin/agents/{login}", {"skills": [queue]})
    return invited


async def play(
    scenario: Scenario,
    serving: Serving,
    cookies: list[str],
    processes: int,
    began: Mapping[str, asyncio.Event] | None = None,
) -> Course:
    """Play a scenario against the appliance; the event of a phase in `began` is set when it begins.  Raises GeneratorFailed."""

    def show(outlook: Outlook) -> None:
        if began is not None and outlook.phase in began:
            began[outlook.phase].set()

    where = Door(serving.host, serving.port, here=True)
    return await Conductor(scenario, where, cookies, processes, SEED, False, serving.pid, show).run()


async def judge(scenario: Scenario, serving: Serving, course: Course) -> Results:
    """Stop the appliance in order, and judge what the clients saw by its database."""
    return await asyncio.to_thread(_judged, scenario, serving, course)


def _judged(scenario: Scenario, serving: Serving, course: Course) -> Results:
    serving.stop()
    streams = streams_of(course.finals)
    found = both(judged(streams, readers_of(course.finals)), audit(serving.data, streams, course.run))
    setting = Setting(["kefu", "claims"], SEED, b"", "sqlite", same_machine=True)
    return outcome(scenario, setting, course, found, "journals and database")


async def enter(person: Person, within: float = ENTERED_WITHIN) -> None:
    """Let a person come; one who is turned away tries again, as our pages do.  Raises OSError or HandshakeRefused in the end."""
    end = time.monotonic() + within
    while True:
        try:
            await person.enter()
        except (OSError, HandshakeRefused):
            if time.monotonic() >= end:
                raise
            await asyncio.sleep(0.3)
        else:
            person.journal.closes.clear()
            return


async def until(seen: Callable[[], object], within: float, every: float = 0.02) -> bool:
    """Wait until `seen()` is true; return False when it was not within so many seconds."""
    end = time.monotonic() + within
    while not seen():
        if time.monotonic() >= end:
            return False
        await asyncio.sleep(every)
    return True
