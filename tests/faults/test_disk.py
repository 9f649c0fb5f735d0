"""Power cuts and failing disks under load: whatever was acknowledged is on the disk, and nobody is told otherwise."""

import asyncio
import random
import time
from pathlib import Path

import pytest

from tests.faults.crowd import Crowd, crowd, until
from tests.faults.length import did, times
from tests.faults.medium import CUT, Failure, Keep
from tests.faults.switch import Switch
from tests.shipped import kefu_yaml
from tools.loadtest.frames import Frame
from tools.loadtest.oracle import judge, read_log
from tools.loadtest.person import Person
from tools.loadtest.serving import Serving

CUTS = times(5, 100)
FAILURES = times(1, 5)
TRIES = 5
"""So often the power is cut from a commit without fsync, unless something is lost before."""
MOST_OPERATIONS = 80
"""A cut comes within so many writes and fsyncs: some twenty commits, or in the middle of a checkpoint."""
CHECKPOINT_PAGES = 100
WORDS: dict[Failure, str] = {"write": "disk failed", "fsync": "disk failed", "full": "disk is full"}


class Witness(Person):
    """Also writes down how soon each of his messages was answered for the first time, and how."""

    def __init__(self, port: int, cookie: str = "") -> None:
        super().__init__(port, cookie)
        self.posted: dict[str, float] = {}
        self.answers: list[tuple[str, float]] = []
        self.retries = 0
        """How often he was told so, also of what he sent again."""

    def say(self, text: str, conversation: str | None = None, due: float | None = None) -> str:
        cid = super().say(text, conversation, due)
        if self.welcomed.is_set():
            self.posted[cid] = time.perf_counter()
        return cid

    def _take(self, frame: Frame) -> None:
        self.retries += frame.t == "retry"
        posted = self.posted.pop(frame.cid, None) if frame.t in ("ack", "retry", "refused") else None
        if posted is not None:
            self.answers.append((frame.t, time.perf_counter() - posted))
        super()._take(frame)


class Machine(Serving):
    """An appliance on a disk that obeys `disk`."""

    def __init__(self, folder: Path, *without: str) -> None:
        self.disk = Switch(folder / "disk.sock")
        altered = ("-m", "tests.faults.altered", "--disk", str(self.disk.path))
        entry = (*altered, "--checkpoint", str(CHECKPOINT_PAGES), *without)
        super().__init__(folder, kefu_yaml("200ms"), entry)

    async def cut(self, keep: Keep) -> None:
        """Cut the power soon, and wait until it is dark."""
        await asyncio.to_thread(self.disk.cut, keep, random.randint(0, MOST_OPERATIONS))
        assert self.process is not None
        assert await asyncio.to_thread(self.process.wait, 60) == CUT, self.log()


async def ended(machine: Machine, group: Crowd) -> list[str]:
    """Let everything come to its end and return what the oracle finds."""
    await group.calm()
    assert await asyncio.to_thread(machine.stop) == 0, machine.log()
    return judge(read_log(machine.data), group.journals)


async def test_power_cuts_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    with Machine(tmp_path) as machine:
        cookies = [machine.hire(f"agent{number}") for number in range(3)]
        async with crowd(machine.port, 12, cookies) as group:
            await group.all_served()
            for number in range(CUTS):
                await group.said(20)
                await machine.cut("something" if number % 2 else "nothing")
                await asyncio.to_thread(machine.start)
            findings = await ended(machine, group)
        assert findings == []
        assert "Traceback" not in machine.log()
        # Nobody's position was beyond the end: what he had been shown was on the disk too.
        assert {code for journal in group.journals for code in journal.closes} <= {1006, 1012}
        assert group.acks > 20 * CUTS
        did(f"{CUTS} power cuts, {group.acks} acks, none lost")


async def test_the_oracle_finds_what_a_power_cut_takes_from_a_commit_without_fsync(tmp_path: Path) -> None:
    with Machine(tmp_path, "--without", "fsync") as machine:
        cookies = [machine.hire("agent")]
        async with crowd(machine.port, 6, cookies) as group:
            await group.all_served()
            # A clean stop writes everything: the agent's account, above all, is not what this is about.
            await asyncio.to_thread(machine.stop)
            await asyncio.to_thread(machine.start)
            findings: list[str] = []
            for _ in range(TRIES):
                await group.said(60)
                await machine.cut("nothing")
                await asyncio.to_thread(machine.start)
                assert await asyncio.to_thread(machine.stop) == 0
                findings = judge(read_log(machine.data), group.journals, complete=False)
                if findings:
                    break
                # A checkpoint, which syncs, had come just before the cut.
                await asyncio.to_thread(machine.start)
        assert any("lost, though acknowledged" in finding for finding in findings)


@pytest.mark.parametrize("failure", WORDS)
async def test_a_failing_disk_acknowledges_nothing_says_so_and_recovers(
    tmp_path: Path, failure: Failure
) -> None:
    with Machine(tmp_path) as machine:
        cookies = [machine.hire(f"agent{number}") for number in range(2)]
        async with crowd(machine.port, 8, cookies, person=Witness) as group:
            await group.all_served()
            told: list[float] = []
            recovered: list[float] = []
            for _ in range(FAILURES):
                await group.said(40)
                told.append(await failing(machine, group, failure))
                began = time.perf_counter()
                await asyncio.to_thread(machine.disk.fail, None)
                await group.said(40)
                recovered.append(time.perf_counter() - began)
                assert await asyncio.to_thread(readiness, machine) == 200
            # What an fsync failed to write is not on the disk, although it can be read until the power fails.
            await machine.cut("nothing")
            await asyncio.to_thread(machine.start)
            findings = await ended(machine, group)
        assert findings == []
        assert WORDS[failure] in machine.log()
        assert "Traceback" not in machine.log()
        assert not any(journal.refused for journal in group.journals)
        did(
            f"{FAILURES} times failing ({failure}): told within {max(told):.2f} s, "
            f"40 acks within {max(recovered):.2f} s after"
        )


async def failing(machine: Machine, group: Crowd, failure: Failure) -> float:
    """Let the disk fail until everybody was told; return the longest that anybody waited for an answer."""
    witnesses = [person for person in group.people if isinstance(person, Witness)]
    before = machine.disk.failed()
    await asyncio.to_thread(machine.disk.fail, failure)
    await until(lambda: machine.disk.failed() > before, "nothing is written any more")
    # Acks of what was stored a moment before may be on their way.
    await asyncio.sleep(0.5)
    acked = {ack.cid for journal in group.journals for ack in journal.acks}
    for witness in witnesses:
        witness.answers.clear()
        witness.retries = 0
    await until(lambda: all(witness.retries for witness in witnesses), "somebody is told nothing")
    newcomer = Witness(machine.port)
    await newcomer.connect()
    await asyncio.wait_for(newcomer.welcomed.wait(), 20)
    newcomer.say("有人吗")
    await until(lambda: newcomer.answers, "a newcomer is told nothing")
    assert newcomer.retries
    newcomer.leave()
    if failure != "full":
        # On a full disk a commit may still find room: in the part of the journal that is written over.
        assert {ack.cid for journal in group.journals for ack in journal.acks} == acked
    assert await asyncio.to_thread(readiness, machine) == 503
    assert all(witness.welcomed.is_set() for witness in witnesses), "somebody was thrown out"
    return max(seconds for witness in [*witnesses, newcomer] for _, seconds in witness.answers)


def readiness(machine: Machine) -> int:
    """Return what a load balancer hears."""
    return machine.ask("GET", "/readyz")[0]
