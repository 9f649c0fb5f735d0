"""Replays the cases of @scion-scxml/test-framework: a document, events, and the innermost states wanted after each."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from tests.conformance.scxml.events import ABSENT, Event
from tests.conformance.scxml.reader import read
from tests.conformance.scxml.session import Session
from tests.conformance.scxml.world import World

SUITE = Path(__file__).parents[3] / "build/suites/@scion-scxml/test-framework/test"


class Case(NamedTuple):
    """One .scxml with its .json beside it."""

    name: str
    document: Path
    wanted: dict[str, Any]

    @property
    def by_w3c(self) -> "Case":
        """The same document with what the case itself calls its legacy semantics, which are those of W3C."""
        return self._replace(wanted=self.wanted["legacySemantics"])


def cases() -> list[Case]:
    """Return every case but those of W3C's own suite, which say pass or fail themselves."""
    found = [
        Case(
            str(path.relative_to(SUITE).with_suffix("")),
            path.with_suffix(".scxml"),
            json.loads(path.read_text()),
        )
        for path in sorted(SUITE.rglob("*.json"))
    ]
    return [case for case in found if not case.name.startswith("w3c-ecma/")]


def replay(case: Case) -> tuple[list[list[str]], list[list[str]]]:
    """Return the configurations that were wanted, and those that came."""
    world = World()
    session = world.session(read(case.document))
    world.begin(session, {})
    world.run(until=0)
    wanted, came = [sorted(case.wanted["initialConfiguration"])], [_innermost(session)]
    for step in case.wanted["events"]:
        # What was sent with a delay comes first: the case waits in real time, we only turn the clock.
        world.run(until=world.clock + step.get("after", 0))
        world.put(session, Event(step["event"]["name"], data=step["event"].get("data", ABSENT)))
        world.run(until=world.clock)
        wanted.append(sorted(step["nextConfiguration"]))
        came.append(_innermost(session))
    return wanted, came


def _innermost(session: Session) -> list[str]:
    """In() and the core must be of one mind about what is active, whenever nothing is under way."""
    if not session.ended:
        assert session.inside == set(session.active)
    return sorted(node.name for node in session.graph.configuration(session.active).atomic)
