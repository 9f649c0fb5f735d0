"""SIGKILL in the middle of conversations, again and again: nothing acknowledged is lost, doubled or out of order."""

import asyncio
import random
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from tests.faults.crowd import crowd, until
from tests.faults.length import did, times
from tests.shipped import kefu_yaml
from tools.loadtest.oracle import judge, read_log
from tools.loadtest.person import Person
from tools.loadtest.serving import Serving

KILLS = times(5, 200)


async def test_nothing_acknowledged_is_lost_doubled_or_out_of_order(tmp_path: Path) -> None:
    with Serving(tmp_path, kefu_yaml("200ms")) as serving:
        cookies = [serving.hire(f"agent{number}") for number in range(3)]
        async with crowd(serving.port, 12, cookies) as group:
            await group.all_served()
            starts = []
            for _ in range(KILLS):
                await asyncio.sleep(random.uniform(0.3, 1.0))
                await group.said(20)
                await asyncio.to_thread(serving.kill)
                await asyncio.to_thread(serving.start)
                starts.append(serving.ready_after)
            await group.calm()
            assert {agent.presence for agent in group.agents} == {"ready"}
            assert sum(len(agent.cards) for agent in group.agents) == len(group.visitors)
            code = await asyncio.to_thread(serving.stop)
        findings = judge(read_log(serving.data), group.journals)
        assert findings == []
        assert code == 0, serving.log()
        assert "Traceback" not in serving.log()
        assert not any(journal.refused for journal in group.journals)
        # The network's word, and the drain's at the end: nobody lost his position or was thrown out.
        assert {code for journal in group.journals for code in journal.closes} <= {1006, 1012}
        # The proof is worth something only if something happened: resends, and resumes after every kill.
        assert group.acks > 60 * KILLS
        # Somebody may have been on his way back when the next kill came.
        assert all(len(journal.closes) > KILLS // 2 for journal in group.journals)
        assert any(len(journal.acks) > len({ack.cid for ack in journal.acks}) for journal in group.journals)
        did(f"{KILLS} SIGKILLs, {group.acks} acks, ready again after {max(starts):.2f} s at most")


async def test_the_oracle_catches_an_appliance_that_forgets_what_it_was_sent(tmp_path: Path) -> None:
    with Serving(
        tmp_path, kefu_yaml("200ms"), ("-m", "tests.faults.altered", "--without", "dedup")
    ) as serving:
        cookies = [serving.hire("agent")]
        async with crowd(serving.port, 3, cookies, stammer=0.5) as group:
            await group.all_served()
            await until(lambda: group.acks > 60, "nobody talks")
            await group.calm()
            await asyncio.to_thread(serving.stop)
        findings = judge(read_log(serving.data), group.journals)
        assert any(finding.startswith("stored twice") for finding in findings)


async def test_a_waiting_visitor_keeps_place_time_and_clock_over_a_kill(tmp_path: Path) -> None:
    wait_ms, before_kill = 12_000, 1.5
    with Serving(tmp_path, kefu_yaml(f"{wait_ms}ms")) as serving:
        agent = Person(serving.port, serving.hire("agent"))
        first, second = Person(serving.port), Person(serving.port)
        async with asyncio.TaskGroup() as tasks:
            for person in (agent, first, second):
                tasks.create_task(person.live())
                await asyncio.wait_for(person.welcomed.wait(), 20)
            agent.frame(t="presence", status="ready")
            first.say("我先来")
            await until(lambda: first.cards, "the first one was not taken in")
            second.say("我后来")
            await until(lambda: second.cards, "the second one was not taken in")
            await until(lambda: len(waiting_of(agent)) == 2, "the desk shows nobody")
            waiting_before = waiting_of(agent)
            await until(lambda: second.positions[-1:] == [(second.conversation, 2)], "no place was shown")
            await asyncio.sleep(before_kill)
            await asyncio.to_thread(serving.kill)
            for person in (first, second):
                person.positions.clear()
            agent.desk = None
            await asyncio.to_thread(serving.start)
            await until(lambda: len(waiting_of(agent)) == 2, "the desk forgot them")
            assert waiting_of(agent) == waiting_before
            await until(lambda: first.positions[-1:] == [(first.conversation, 1)], "the first place is gone")
            await until(
                lambda: second.positions[-1:] == [(second.conversation, 2)], "the second place is gone"
            )
            # The agent pressed "ready" before the kill, and not again.
            assert agent.presence == "ready"
            await until(lambda: len(agent.cards) == 2, "nobody was assigned")
            for person in (agent, first, second):
                person.leave()
        serving.stop()
        assert (
            judge(read_log(serving.data), [p.journal for p in (agent, first, second)], complete=False) == []
        )
        rows = read_log(serving.data)
        for conversation in {row.conversation for row in rows}:
            mine = [row for row in rows if row.conversation == conversation]
            opened, fired = mine[0].at, next(row.at for row in mine if row.what == "timer_due")
            # A clock that was started anew by the restart would have come `before_kill` later at least.
            assert wait_ms <= fired - opened < wait_ms + before_kill * 1000


def waiting_of(agent: Person) -> list[tuple[str, int]]:
    """Return who waits since when, as the desk was last shown to the agent."""
    return [(line["conversation"], line["since"]) for line in agent.desk.waiting] if agent.desk else []


async def test_sigterm_drains_in_order(tmp_path: Path) -> None:
    with Serving(tmp_path, kefu_yaml("200ms")) as serving:
        cookies = [serving.hire("agent")]
        async with crowd(serving.port, 6, cookies) as group:
            await group.all_served()
            await until(lambda: group.acks > 100, "nobody talks")
            assert await asyncio.to_thread(serving.stop) == 0
            assert all(journal.closes == [1012] for journal in group.journals)
            log = read_log(serving.data)
            assert unfolded(serving.data) == 0
            assert judge(log, group.journals, complete=False) == []
            await asyncio.to_thread(serving.start)
            await group.calm()
            await asyncio.to_thread(serving.stop)
        assert judge(read_log(serving.data), group.journals) == []
        assert "Traceback" not in serving.log()


def unfolded(data: Path) -> int:
    """Return how many entries of open conversations the next start would have to fold."""
    with closing(sqlite3.connect(f"file:{data / 'kefu.db'}?mode=ro&immutable=1", uri=True)) as database:
        found: int = database.execute(
            "SELECT count(*) FROM log JOIN conversation ON conversation.id = log.conversation "
            "LEFT JOIN checkpoint ON checkpoint.conversation = log.conversation "
            "WHERE closed_at IS NULL AND log.seq > coalesce(checkpoint.seq, 0)"
        ).fetchone()[0]
        return found


async def test_a_start_after_a_kill_is_quick_and_loses_no_time(tmp_path: Path) -> None:
    with Serving(tmp_path, kefu_yaml("200ms")) as serving:
        visitor = Person(serving.port)
        await visitor.connect()
        await asyncio.wait_for(visitor.welcomed.wait(), 20)
        visitor.say("在吗")
        await until(lambda: visitor.journal.acks, "no ack")
        serving.kill()
        began = time.time()
        serving.start()
        status, answer, _ = serving.admin("GET", "/admin/status")
        assert status == 200
        assert answer["recovered"] == 1
        visitor.leave()
        serving.stop()
        assert all(row.at <= (began + 60) * 1000 for row in read_log(serving.data))
