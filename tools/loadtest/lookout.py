"""What the appliance tells of itself during a run: its load and tier, the lag of its loop, its collections, its profiles.

It is asked over its admin socket, in a thread, so that asking never delays what the generator measures.
"""

import asyncio
import http
import http.client
import urllib.parse
from typing import Any

from tools.loadtest.hiring import Office
from tools.loadtest.results import Load, Rung

PROFILE_SECONDS = 4
PROFILE = "/debug/pprof/profile?" + urllib.parse.urlencode(
    {"seconds": PROFILE_SECONDS, "format": "collapsed"}
)
TRIES = 6
PATIENCE = 2.0
"""The appliance takes one profile at a time, and one by itself when a tier rises: then it is asked again after so many seconds."""


class Lookout:
    """Asks one appliance; `office` None: one that cannot be asked, of which nothing is told."""

    def __init__(self, office: Office | None) -> None:
        self._office = office
        self._seen: list[tuple[float, dict[str, Any]]] = []
        self.profiles: dict[str, str] = {}

    @property
    def latest(self) -> dict[str, Any]:
        """Return what it told last, {} when it tells nothing."""
        return self._seen[-1][1] if self._seen else {}

    async def look(self, at_s: float) -> None:
        """Ask how it stands, `at_s` into the run."""
        _, told = await asyncio.to_thread(self._asked, "/admin/overload")
        if isinstance(told, dict):
            self._seen.append((at_s, told))

    async def profile(self, moment: str) -> None:
        """Have it profiled for PROFILE_SECONDS; collapsed stacks under the name of the moment."""
        for _ in range(TRIES):
            status, told = await asyncio.to_thread(self._asked, PROFILE)
            if status != http.HTTPStatus.CONFLICT:
                break
            await asyncio.sleep(PATIENCE)
        else:
            return
        if isinstance(told, str) and told.strip():
            self.profiles[moment] = told

    def _asked(self, path: str) -> tuple[int, Any]:
        """Return the status and what is told, None where it is no answer."""
        if self._office is None:
            return 0, None
        try:
            status, told, _ = self._office.admin("GET", path)
        except (OSError, http.client.HTTPException, ValueError):
            # It is under load, or gone: what it does not tell is missing in the report, and nothing else.
            return 0, None
        return status, told if status == http.HTTPStatus.OK else None

    # ---- what was seen

    def ladder(self, started_at: int) -> list[Load] | None:
        """Return the samples and each change of tier in between; `started_at` is the wall clock (ms) when `at_s` was 0."""
        if not self._seen:
            return None
        found = [
            Load(round(at, 2), told["load"], told["tier"], list(told["off"]), told["cause"])
            for at, told in self._seen
        ]
        off = {load.tier: load.off for load in found}
        for change in self.latest["history"]:
            at = (change["at"] - started_at) / 1000
            if at >= 0:
                tier = change["to"]
                found.append(Load(round(at, 2), change["load"], tier, off.get(tier, []), change["cause"]))
        return sorted(found, key=lambda load: load.at_s)

    def rungs(self) -> list[Rung] | None:
        """Return the thresholds."""
        if not self._seen:
            return None
        return [Rung(each["tier"], each["enter"], each["leave"]) for each in self.latest["thresholds"]]
