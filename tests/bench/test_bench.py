"""The bench runner reports what it is given; the numbers themselves are nobody's test."""

import asyncio
import contextlib
import gc
import importlib
import inspect
import itertools
import os
import socket
import sys
import time
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

from appliance.runtime.draft import Draft
from tests.bench import __main__ as runner
from tests.bench.bench_pooling import _cost, _pairs, verdict
from tests.bench.load.generator import TICK, Load, Task
from tests.bench.load.memory import kernel
from tests.bench.report import document, table
from tests.bench.result import Result
from tools.claims.pooling import Cyclic

STEP = Result(name="一步", value=6.5, unit="µs", goal=8, reference=3.25)
RATE = Result(name="durable", value=9_000, unit="msg/s", better="more", goal=10_000)


def test_a_goal_is_met_in_its_own_direction() -> None:
    assert (STEP.met, STEP.ratio) == (True, 2.0)
    assert (RATE.met, RATE.ratio) == (False, None)
    assert Result(name="x", value=1, unit="s").met is None


def test_the_table_is_aligned_for_chinese_names_too() -> None:
    assert table([STEP, RATE]).splitlines() == [
        "measurement  value   unit    goal  met  reference  ratio",
        "一步           6.5     µs       8  yes       3.25   2.00",
        "durable      9,000  msg/s  10,000   NO",
    ]


def test_every_chosen_bench_runs_and_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[bool] = []

    def run(quick: bool) -> list[Result]:
        asked.append(quick)
        return [STEP]

    planted = ModuleType("tests.bench.bench_planted")
    vars(planted)["run"] = run
    monkeypatch.setitem(sys.modules, planted.__name__, planted)
    monkeypatch.setattr(runner, "discover", lambda wanted=(): ["bench_planted"])
    assert runner.main(["--quick"], tmp_path / "deep" / "bench.json") == 0
    assert asked == [True]
    assert "一步" in capsys.readouterr().out
    written = msgspec.json.decode((tmp_path / "deep" / "bench.json").read_bytes())
    assert written["quick"] is True
    assert written["results"] == [
        {
            "name": "一步",
            "value": 6.5,
            "unit": "µs",
            "goal": 8.0,
            "reference": 3.25,
            "ratio": 2.0,
            "met": True,
        }
    ]


def test_a_name_that_no_bench_has_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert runner.main(["nonesuch"]) == 2
    assert "no bench" in capsys.readouterr().err


def test_every_bench_can_be_asked_and_says_what_it_measures() -> None:
    names = runner.discover()
    assert len(names) > 10
    for name in names:
        module = importlib.import_module(f"tests.bench.{name}")
        assert list(inspect.signature(module.run).parameters) == ["quick"], name
        assert len(module.__doc__ or "") > 60, name


def test_notes_follow_the_table_and_go_into_the_document() -> None:
    noted = Result(name="pool", value=1, unit="ns", reference=2, note="Pooling saves 50% of the time.")
    assert table([noted]).splitlines()[-1] == "pool: Pooling saves 50% of the time."
    assert b'"note": "Pooling saves 50% of the time."' in document([noted], quick=True, cores=2)


@pytest.mark.parametrize(
    ("value", "reference", "said"),
    [
        (50, 100, "saves 50% of the time"),
        (99, 100, "gains nothing"),
        (101, 100, "gains nothing"),
        (150, 100, "costs here: 1.5 times"),
    ],
)
def test_pooling_that_gains_nothing_is_called_so(value: float, reference: float, said: str) -> None:
    assert said in verdict(value, reference)


def test_the_pooled_do_the_same_work_as_the_new() -> None:
    with open(os.devnull, "wb", buffering=0) as nowhere:
        for name, pooled, made in _pairs(nowhere.fileno()):
            both = [msgspec.to_builtins(work()) if "coder" in name else work() for work in (pooled, made)]
            if "coder" in name:
                assert both[0] == both[1], name
            assert _cost(pooled, 10).time > 0


def test_a_cycle_is_what_the_collector_has_to_find() -> None:
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    try:
        assert _cost(Cyclic, 20_000).collections > 0
        assert _cost(Draft, 20_000).collections == 0
    finally:
        gc.set_threshold(*before)


def test_what_waits_in_the_kernel_is_seen_at_the_end_of_the_server_only() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            served, _ = server.accept()
            with served:
                assert kernel(port) < 10_000
                client.setblocking(False)
                served.setblocking(False)
                for sender in (client, served):
                    with contextlib.suppress(BlockingIOError):
                        while sender.send(b"x" * 65_536):
                            pass
                held = kernel(port)
                assert held > 500_000
                # The client's end of the same connection is not among it.
                assert kernel(client.getsockname()[1]) > 100_000


async def test_a_steady_rate_counts_from_when_a_message_was_due(monkeypatch: pytest.MonkeyPatch) -> None:
    load = Load(Task(0, os.getpid(), 1, [], [], 1.0, 0))
    (seat,) = load.visitors
    seat.conversations = ["c1"]
    real, stalled = asyncio.sleep, False

    async def stall(seconds: float) -> None:
        nonlocal stalled
        if not stalled:
            stalled = True
            time.sleep(0.3)  # noqa: ASYNC251  # a generator that is held up by its machine
        await real(seconds)

    monkeypatch.setattr(asyncio, "sleep", stall)
    await load.steady(100, 0.4)
    due = sorted(pending.due for pending in seat.person.outbox.values())
    assert len(due) > 1
    # Nobody could say anything for 0.3 s, and yet no message is younger than the schedule says.
    gaps = [after - before for before, after in itertools.pairwise(due)]
    assert all(abs(gap - 0.01) < TICK + 1e-6 for gap in gaps)
