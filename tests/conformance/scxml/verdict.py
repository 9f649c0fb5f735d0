"""Runs a document until it rests and says what came of it."""

from pathlib import Path
from typing import NamedTuple

from tests.conformance.scxml.faults import Rejected, Unsupported
from tests.conformance.scxml.reader import read
from tests.conformance.scxml.world import World


class Verdict(NamedTuple):
    """`word` is pass, fail or unsupported; `log` is what the document said on its way."""

    word: str
    reason: str = ""
    log: tuple[str, ...] = ()


EXIT = {"pass": 0, "fail": 1, "unsupported": 3}


def judge(path: Path) -> Verdict:
    """Return the verdict on a file: pass when the state `pass` is active at the end."""
    world = World()
    try:
        document = read(path)
        session = world.session(document)
        world.begin(session, {})
        world.run()
    except Unsupported as error:
        return Verdict("unsupported", str(error), tuple(world.logged))
    except Rejected as error:
        return Verdict("unsupported", f"the document is rejected: {error}", tuple(world.logged))
    except RecursionError:
        return Verdict("unsupported", "expressions nested so deeply", tuple(world.logged))
    except Exception as error:
        # Neither the document nor our size is to blame: core or adapter broke, and that must not look like anything else.
        return Verdict("fail", f"broke: {type(error).__name__}: {error}", tuple(world.logged))
    if "pass" in session.active:
        return Verdict("pass", "", tuple(world.logged))
    if "pass" not in document.states:
        return Verdict(
            "unsupported", "no state is called pass: somebody must read the log", tuple(world.logged)
        )
    return Verdict("fail", f"rests in {' '.join(session.active) or 'nothing'}", tuple(world.logged))
