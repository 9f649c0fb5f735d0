"""/debug/pprof/*: every profile in every form, nonsense refused, nobody's words in it; read live by the real `go tool pprof`."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from appliance.http.answers import speak_plainly
from appliance.http.debug_pprof import ROWS, add_profiling, redacted
from appliance.http.task_labels import task_labels
from appliance.telemetry.profiling.profiler import NO_LOCKS, Profiler
from appliance.telemetry.profiling.protobuf import decode
from tests.http.house import error_of
from tests.telemetry.profiling.burning import ONE, THREE, one_part, three_parts
from tests.telemetry.profiling.test_truth import shares

Client = TestClient[web.Request, web.Application]


@asynccontextmanager
async def served() -> AsyncIterator[Client]:
    profiler = Profiler(describe=task_labels)
    profiler.start()
    app = web.Application(middlewares=[speak_plainly])
    add_profiling(app, profiler)
    try:
        async with TestClient(TestServer(app)) as client:
            yield client
    finally:
        profiler.stop()


async def told(answer: ClientResponse) -> str:
    assert answer.status == 200, await answer.text()
    return await answer.text()


async def test_every_profile_reads_back_and_as_text() -> None:
    async with served() as client:
        for path, kind in [
            ("profile?seconds=0.1", "cpu"),
            ("heap?seconds=0.1&gc=1", "inuse_space"),
            ("allocs?seconds=0.1", "inuse_space"),
            ("goroutine", "tasks"),
            ("tasks?debug=0", "tasks"),
            ("block", "delay"),
            ("block?seconds=0.1", "delay"),
            ("mutex", "delay"),
            ("threadcreate", "threads"),
        ]:
            answer = await client.get(f"/debug/pprof/{path}")
            assert answer.status == 200, await answer.text()
            assert decode(await answer.read()).types[-1][0] == kind, path
            form = "&" if "?" in path else "?"
            said = await told(await client.get(f"/debug/pprof/{path.replace('debug=0', '')}{form}debug=1"))
            assert " profile: total " in said.splitlines()[0]


async def test_collapsed_stacks_for_the_report_of_a_load_test() -> None:
    async with served() as client:
        said = await told(await client.get("/debug/pprof/goroutine?format=collapsed"))
        assert all(line.rpartition(" ")[2].isdigit() for line in said.splitlines())
        assert "aiohttp.web_protocol.RequestHandler" in said


async def test_tasks_are_told_with_their_route_and_without_what_was_asked() -> None:
    async with served() as client:
        summed = await told(await client.get("/debug/pprof/goroutine?debug=1&token=s3cret-value"))
        assert "kind=request route=GET /debug/pprof/goroutine" in summed
        each = await told(await client.get("/debug/pprof/goroutine?debug=2&token=s3cret-value"))
        assert "s3cret" not in summed + each
        assert "kind=http connection" in each
        assert each.count("\n\n") == each.count("task ") + each.count("thread ")
        numbers = [
            int(line.split()[1]) for line in each.splitlines() if line.startswith(("task ", "thread "))
        ]
        assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize(
    "path",
    [
        "profile?seconds=x",
        "profile?seconds=nan",
        "profile?seconds=0",
        "profile?seconds=-1",
        "profile?seconds=61",
        "profile?seconds=1e9",
        "profile?seconds=1&debug=3",
        "heap?seconds=inf",
        "goroutine?seconds=3",
        "goroutine?debug=x",
        "block?seconds=-1",
    ],
)
async def test_nonsense_is_refused(path: str) -> None:
    async with served() as client:
        assert await error_of(await client.get(f"/debug/pprof/{path}")) == (400, "invalid")


async def test_of_two_at_once_one_is_refused() -> None:
    async with served() as client:
        for name in ("profile", "heap"):
            both = await asyncio.gather(*[client.get(f"/debug/pprof/{name}?seconds=1") for _ in range(2)])
            refused, taken = sorted(both, key=lambda answer: -answer.status)
            assert await error_of(refused) == (409, "conflict")
            assert taken.status == 200


async def test_the_index_names_all_and_counts_them() -> None:
    async with served() as client:
        said = await told(await client.get("/debug/pprof/"))
        for name, link, _ in ROWS:
            assert f">{name}</a>" in said
            answer = await client.get(
                f"/debug/pprof/{link.replace('seconds=10', 'seconds=0.1').replace('seconds=5', 'seconds=0.1')}"
            )
            assert answer.status == (501 if name == "trace" else 200), name
        answer = await client.get("/debug/pprof", allow_redirects=False)
        assert (answer.status, answer.headers["Location"]) == (301, "/debug/pprof/")
        counted = await (await client.get("/debug/pprof/?format=json")).json()
        assert counted["counts"]["tasks"] >= 1
        assert counted["taken"]["cpu"] >= 1


async def test_the_small_ones() -> None:
    async with served() as client:
        assert NO_LOCKS in await told(await client.get("/debug/pprof/mutex?debug=1"))
        assert await told(await client.get("/debug/pprof/symbol")) == "num_symbols: 0\n"
        assert await told(await client.post("/debug/pprof/symbol", data="0x1+0x2")) == "num_symbols: 0\n"
        assert (await told(await client.get("/debug/pprof/cmdline"))).split("\0")[0] == sys.argv[0]
        assert len((await (await client.get("/debug/pprof/gc")).json())["generations"]) == 3
        answer = await client.get("/debug/pprof/trace?seconds=1")
        assert await error_of(answer) == (501, "unavailable")


def test_a_command_line_without_secrets() -> None:
    line = [
        "kefu",
        "run",
        "--admin-token",
        "abc",
        "--password=def",
        "-c",
        "a=b",
        "--db=postgres://me:ghi@host/x",
    ]
    assert redacted(line) == [
        "kefu",
        "run",
        "--admin-token",
        "***",
        "--password=***",
        "-c",
        "a=b",
        "--db=postgres://***@host/x",
    ]


async def test_the_real_pprof_reads_it_live(tmp_path: Path) -> None:
    """It asks over HTTP for a profile while this process works in a known split, three to one."""
    async with served() as client:
        process = await asyncio.create_subprocess_exec(
            *("go", "tool", "pprof", "-top", str(client.make_url("/debug/pprof/profile?seconds=6"))),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "PPROF_TMPDIR": str(tmp_path)},
        )
        reading = asyncio.get_running_loop().create_task(process.communicate())
        while not reading.done():
            # No multiples of the 10 ms of the sampling: a cycle in step with it is seen at the same places again and again.
            one_part(0.0137)
            await asyncio.sleep(0)
            three_parts(0.0411)
            await asyncio.sleep(0)
        out, error = reading.result()
    assert process.returncode == 0, error.decode()
    found = shares(out.decode())
    assert found[THREE] / (found[THREE] + found[ONE]) == pytest.approx(0.75, abs=0.05)
