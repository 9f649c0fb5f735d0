"""Configurations that go live, are refused, go back and are killed half-way, while people chat: nobody notices but the operator."""

import asyncio
import contextlib
import http.client
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from appliance.runtime.check import check_text
from tests.faults.crowd import crowd, until
from tests.faults.length import times
from tests.shipped import kefu_yaml
from tools.loadtest.oracle import judge, read_log
from tools.loadtest.person import Person
from tools.loadtest.serving import REPOSITORY, Serving, clean_environment

RELOADS = times(100, 1_000)
GOOD = kefu_yaml("200ms")

BAD: tuple[Callable[[str], str], ...] = (
    lambda text: text.replace("flows:", "flowz:"),
    lambda text: text.replace("to: 分配客服", "to: 分配客户"),
    lambda text: text + "\tx: 1\n",
    lambda text: text.replace("人工服务:", "人工服务: ["),
    lambda text: text.replace("欢迎语: ", "欢迎语: '{{ visitor.nam }}' # "),
    lambda text: text + "tests:\n  - {name: 不对, steps: [0s 用户发送消息 -> 已结束]}\n",
    lambda text: text.replace("limits: {", "limits: {mailbox: 很多, "),
    lambda text: "",
)
"""Ways to spoil the file: each is found, and none of it may ever be live."""


def greeting(number: int, text: str = GOOD) -> str:
    """The file with another greeting, and every third time with another flow."""
    changed = text.replace("欢迎语: 您好", f"欢迎语: 第{number}版您好")
    return (
        changed.replace("{200ms: {to: 分配客服", f"{{{200 + number}ms: {{to: 分配客服")
        if number % 3 == 0
        else changed
    )


class Config:
    """The configuration of a running appliance, as its admin socket shows it."""

    def __init__(self, serving: Serving) -> None:
        self.serving = serving
        self.file = serving._config

    def post(self, what: str, **body: Any) -> tuple[int, Any]:
        status, answer, _ = self.serving.admin("POST", f"/admin/config/{what}", body)
        return status, answer

    def apply(self, text: str, **more: Any) -> tuple[int, Any]:
        return self.post("apply", text=text, file=str(self.file), by="tester", **more)

    def state(self) -> Any:
        status, answer, _ = self.serving.admin("GET", "/admin/config")
        assert status == 200, answer
        return answer

    def history(self) -> list[Any]:
        _, answer, _ = self.serving.admin("GET", "/admin/config/history")
        entries: list[Any] = answer["entries"]
        return entries

    @property
    def live(self) -> Any:
        return self.state()["live"]


async def greeted(serving: Serving) -> str:
    """What a visitor is greeted with who comes now."""
    person = Person(serving.port)
    said: list[str] = []
    take = person._take

    def listen(frame: Any) -> None:
        if frame.t == "welcome":
            said.append(frame.greeting["say"])
        take(frame)

    person._take = listen  # type: ignore[method-assign]
    await person.connect()
    await asyncio.wait_for(person.welcomed.wait(), 20)
    person.leave()
    return said[0]


def test_every_way_to_spoil_the_file_spoils_it() -> None:
    for spoil in BAD:
        assert not check_text(spoil(greeting(3)), "kefu.yaml", environment=None).passed
    assert check_text(greeting(3), "kefu.yaml", environment=None).passed


async def test_a_hundred_reloads_half_of_them_invalid_and_nobody_is_disturbed(tmp_path: Path) -> None:
    with Serving(tmp_path, GOOD) as serving:
        config = Config(serving)
        cookies = [serving.hire(f"agent{number}") for number in range(3)]
        async with crowd(serving.port, 12, cookies) as group:
            await group.all_served()
            before = group.acks
            for number in range(1, RELOADS // 2 + 1):
                status, done = await asyncio.to_thread(config.apply, greeting(number))
                assert (status, done["ok"]) == (200, True), done
                live = await asyncio.to_thread(lambda: config.live)
                assert live["id"] == done["live"]["id"]
                assert live["bundle"] == done["live"]["bundle"]
                spoiled = BAD[number % len(BAD)](greeting(number + 1))
                status, refused = await asyncio.to_thread(config.apply, spoiled)
                assert (status, refused["ok"]) == (422, False), refused
                assert any(each["severity"] == "error" for each in refused["problems"])
                state = await asyncio.to_thread(config.state)
                assert state["live"] == live
                assert state["problem"]
            assert f"第{RELOADS // 2}版您好" in await greeted(serving)
            # Who was served goes on; who writes for the first time runs the newest flow.
            await group.said(20)
            await group.calm()
            assert group.acks - before > RELOADS
            assert all(journal.closes == [] for journal in group.journals)
            assert await asyncio.to_thread(serving.stop) == 0
        assert judge(read_log(serving.data), group.journals) == []
        assert not any(journal.refused or journal.gaps for journal in group.journals)
        assert "Traceback" not in serving.log()


async def test_kill_9_in_the_middle_of_apply_leaves_one_configuration_whole(tmp_path: Path) -> None:
    with Serving(tmp_path, GOOD) as serving:
        config = Config(serving)
        cookies = [serving.hire("agent")]
        async with crowd(serving.port, 4, cookies) as group:
            await group.all_served()
            for number in range(1, 5):
                text = greeting(3 * number)
                config.file.write_text(text)
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(asyncio.to_thread(_tried, config, text))
                    await asyncio.sleep(random.uniform(0.0, 0.25))
                    await asyncio.to_thread(serving.kill)
                await asyncio.to_thread(serving.start)
                live = await asyncio.to_thread(lambda: config.live)
                _, status, _ = await asyncio.to_thread(serving.admin, "GET", "/admin/status")
                assert status["bundle"] == live["bundle"]
                assert f"第{3 * number}版您好" in await greeted(serving)
                entries = await asyncio.to_thread(config.history)
                assert [each["outcome"] for each in entries].count("live") == 1
                await group.said(5)
            await group.calm()
            await asyncio.to_thread(serving.stop)
        assert judge(read_log(serving.data), group.journals) == []
        assert "Traceback" not in serving.log()


def _tried(config: Config, text: str) -> None:
    # The appliance is killed before, while or after it answers.
    with contextlib.suppress(OSError, http.client.HTTPException):
        config.apply(text)


async def test_what_nobody_confirms_goes_back_by_itself_and_no_socket_closes(tmp_path: Path) -> None:
    with Serving(tmp_path, GOOD) as serving:
        config = Config(serving)
        visitor = Person(serving.port)
        await visitor.connect()
        await asyncio.wait_for(visitor.welcomed.wait(), 20)
        status, done = config.apply(greeting(3), confirm_ms=600)
        assert status == 200, done
        assert config.state()["pending"]
        assert "第3版您好" in await greeted(serving)
        await until(lambda: not config.state()["pending"], "it did not go back")
        assert "第3版您好" not in await greeted(serving)
        assert [each["outcome"] for each in config.history()][:2] == ["live", "reverted"]
        assert config.post("confirm")[0] == 409
        status, kept = config.apply(greeting(6), confirm_ms=600)
        assert (status, config.post("confirm")[0]) == (200, 200)
        await asyncio.sleep(0.8)
        assert config.live["id"] == kept["live"]["id"]
        assert visitor.journal.closes == []
        visitor.leave()


async def test_a_restart_while_something_waits_runs_what_was_confirmed(tmp_path: Path) -> None:
    with Serving(tmp_path, GOOD) as serving:
        config = Config(serving)
        confirmed = config.live
        config.file.write_text(greeting(3))
        assert config.apply(greeting(3), confirm_ms=600_000)[0] == 200
        serving.kill()
        serving.start()
        state = config.state()
        assert state["live"]["bundle"] == confirmed["bundle"]
        assert not state["pending"]
        assert "第3版您好" not in await greeted(serving)
        assert "reverted" in [each["outcome"] for each in config.history()]
        assert "kefu apply" in serving.log()
        # Applied again it is wanted after all, and a start runs it.
        assert config.apply(greeting(3))[0] == 200
        serving.kill()
        serving.start()
        assert "第3版您好" in await greeted(serving)


async def test_the_operator_goes_back_and_a_start_does_not_undo_that(tmp_path: Path) -> None:
    with Serving(tmp_path, GOOD) as serving:
        config = Config(serving)
        config.file.write_text(greeting(1))
        assert config.apply(greeting(1))[0] == 200
        status, back = config.post("rollback", by="tester")
        assert status == 200, back
        assert "第1版您好" not in await greeted(serving)
        assert [each["outcome"] for each in config.history()][:3] == ["live", "rolled_back", "past"]
        serving.kill()
        serving.start()
        assert "第1版您好" not in await greeted(serving)
        assert config.post("rollback", to=987)[0] == 404


async def test_sighup_reads_the_file_again_and_a_broken_one_changes_nothing(tmp_path: Path) -> None:
    with Serving(tmp_path, GOOD) as serving:
        config = Config(serving)
        config.file.write_text(greeting(3))
        os.kill(serving.pid, signal.SIGHUP)
        await until(lambda: config.live["by"] != "start", "the file was not read")
        assert "第3版您好" in await greeted(serving)
        live = config.live
        config.file.write_text(BAD[0](greeting(6)))
        os.kill(serving.pid, signal.SIGHUP)
        await until(lambda: config.state()["problem"], "nobody complained")
        assert config.live == live
        status, refused = config.post("reload")
        assert (status, refused["ok"]) == (422, False)
        assert "第3版您好" in await greeted(serving)
        assert serving.process is not None
        assert serving.process.poll() is None


async def test_conversations_go_over_with_their_clocks(tmp_path: Path) -> None:
    wait = 3_000
    text = kefu_yaml(f"{wait}ms")
    # Another name for where the first one is served, and for the second one a timer before the one that runs.
    timer = f"{wait}ms: {{to: 分配客服"
    moved = text.replace("等客服", "等回复").replace(timer, f"500ms: {{action: {{say: 还在吗}}}}, {timer}")
    with Serving(tmp_path, text) as serving:
        config = Config(serving)
        agent, first, second = (
            Person(serving.port, serving.hire("agent", capacity=1)),
            Person(serving.port),
            Person(serving.port),
        )
        async with asyncio.TaskGroup() as tasks:
            for person in (agent, first, second):
                tasks.create_task(person.live())
                await asyncio.wait_for(person.welcomed.wait(), 20)
            agent.frame(t="presence", status="ready")
            first.say("先来")
            await until(lambda: agent.cards, "nobody was served")
            second.say("后来")
            await until(lambda: second.cards, "the second one was not taken in")
            assert config.apply(moved)[0] == 200
            dry = config.post("migrate", dry_run=True)[1]
            assert (dry["moved"], dry["refused"]) == (1, [{"state": "等客服", "count": 1}])
            assert config.post("migrate")[1]["moved"] == 1
            done = config.post("migrate", rename={"states": {"等客服": "等回复"}})[1]
            assert (done["moved"], done["refused"]) == (1, [])
            assert set(config.state()["pinned"]) == {config.live["bundle"]}
            # What was migrated is read back as it is.
            await asyncio.to_thread(serving.kill)
            await asyncio.to_thread(serving.start)
            await until(
                lambda: all(person.welcomed.is_set() for person in (agent, first, second)), "not back"
            )
            served = first.conversation
            first.say("还在吗", served)
            agent.say("在的", served)
            await until(lambda: not first.outbox and not agent.outbox, "no answer")
            await asyncio.sleep(wait / 1000)
            for person in (agent, first, second):
                person.leave()
        assert config.file.exists()
        serving.stop()
        rows = read_log(serving.data)
        assert judge(rows, [p.journal for p in (agent, first, second)], complete=False) == []
        waiting = second.journal.acks[0].conversation
        mine = [row for row in rows if row.conversation == waiting]
        fresh, kept = [row.at - mine[0].at for row in mine if row.what == "timer_due"]
        assert [row.what for row in rows].count("migrated") == 2
        # The one that is new was due already; the other rang when it was to ring from the beginning.
        assert fresh < wait <= kept < wait + 1_500
        assert "differs" not in serving.log()


async def test_a_queue_that_somebody_needs_goes_only_under_another_name(tmp_path: Path) -> None:
    with Serving(tmp_path, GOOD) as serving:
        config = Config(serving)
        visitor = Person(serving.port)
        await visitor.connect()
        await asyncio.wait_for(visitor.welcomed.wait(), 20)
        visitor.say("你好")
        await until(lambda: visitor.cards, "he was not taken in")
        renamed = GOOD.replace("售前", "咨询")
        status, refused = config.apply(renamed)
        assert status == 422
        (problem,) = [each for each in refused["problems"] if each["code"] == "K610"]
        assert "售前" in str(problem)
        status, done = config.apply(renamed, rename={"queues": {"售前": "咨询"}})
        assert status == 200, done
        agent = Person(serving.port, serving.hire("agent"))
        await agent.connect()
        await asyncio.wait_for(agent.welcomed.wait(), 20)
        agent.frame(t="presence", status="ready")
        await until(lambda: agent.cards, "the queue with the new name does not serve him")
        assert visitor.journal.closes == []
        for person in (agent, visitor):
            person.leave()
        # The file still says what it said; the alias is known to a start.
        config.file.write_text(renamed)
        serving.kill()
        serving.start()
        assert serving.admin("GET", "/admin/status")[1]["recovered"] == 1


@contextmanager
def started(serving: Serving, *more: str) -> Iterator["subprocess.Popen[str]"]:
    """Run a start of its own that is expected to say something."""
    process = subprocess.Popen(
        [*serving.arguments, *more],
        cwd=REPOSITORY,
        env={**clean_environment(), "LANG": "C"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_start_on_a_broken_file_runs_the_last_good_one_and_strict_refuses(tmp_path: Path) -> None:
    with Serving(tmp_path, greeting(3)) as serving:
        config = Config(serving)
        good = config.live
        serving.stop()
        config.file.write_text(BAD[1](greeting(6)))
        before = (serving.data / "kefu.db").read_bytes()
        with started(serving, "--strict") as strict:
            _, said = strict.communicate(timeout=30)
            assert strict.returncode == 1
            assert "分配客户" in said
        assert (serving.data / "kefu.db").read_bytes() == before
        serving.start()
        assert config.live["bundle"] == good["bundle"]
        assert "分配客户" in serving.log()
        assert asyncio.run(greeted(serving)).startswith("第3版")


def test_a_first_start_on_a_broken_file_is_refused(tmp_path: Path) -> None:
    serving = Serving(tmp_path, BAD[0](GOOD))
    with started(serving) as first:
        assert first.wait(30) == 1
    assert not serving.data.exists()


async def test_a_watched_file_goes_live_when_it_has_come_to_rest(tmp_path: Path) -> None:
    serving = Serving(tmp_path, GOOD)
    config = Config(serving)
    with started(serving, "--watch"):
        end = time.monotonic() + 30
        while not serving._ready():
            assert time.monotonic() < end
            await asyncio.sleep(0.05)
        live = config.live
        with config.file.open("w") as half:
            half.write(greeting(3)[:300])
            half.flush()
            await asyncio.sleep(0.3)
            half.write(greeting(3)[300:])
        await until(lambda: config.live["id"] != live["id"], "nobody looked at the file")
        assert "第3版您好" in await greeted(serving)
        assert len(config.history()) == 2
