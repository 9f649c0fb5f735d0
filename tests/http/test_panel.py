"""The panel's routes: page and viewer from here alone, points, captures from taking to comparing and deleting."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from appliance.http import panel
from appliance.http.answers import speak_plainly
from appliance.http.headers import add_headers
from appliance.telemetry.profiling.captures import Captures
from appliance.telemetry.profiling.profiler import KINDS, Profiler
from appliance.telemetry.profiling.protobuf import decode
from tests.http.house import error_of

Client = TestClient[web.Request, web.Application]
BUILT = {
    "panel.html": '<!doctype html><script type="module" src="/assets/panel.js"></script>',
    "panel.js": "/* panel */" + "x" * 500,
    "speedscope/index.html": '<script src="speedscope-X.js"></script>',
    "speedscope/speedscope-X.js": "/* viewer */",
}


@asynccontextmanager
async def served(
    directory: Path, monkeypatch: pytest.MonkeyPatch, built: bool = True
) -> AsyncIterator[Client]:
    dist = directory / "dist"
    for name, body in BUILT.items() if built else ():
        (dist / name).parent.mkdir(parents=True, exist_ok=True)
        (dist / name).write_text(body)
    monkeypatch.setattr(panel, "DIST", dist)
    profiler = Profiler()
    profiler.start()
    app = web.Application(middlewares=[speak_plainly])
    app.on_response_prepare.append(add_headers)
    panel.add_panel(app, profiler, Captures(directory, profiler, lambda work, name: None))
    try:
        async with TestClient(TestServer(app)) as client:
            profiler.vitals.note()
            yield client
    finally:
        profiler.stop()


async def test_page_and_viewer_load_from_here_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with served(tmp_path, monkeypatch) as client:
        page = await client.get("/panel")
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-src 'self'" in policy
        assert "unsafe" not in policy
        script = (await page.text()).split('src="')[1].split('"')[0]
        assert (await (await client.get(script)).text()).startswith("/* panel */")
        viewer = await client.get("/panel/speedscope/")
        assert "frame-ancestors 'self'" in viewer.headers["Content-Security-Policy"]
        assert viewer.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert "http" not in viewer.headers["Content-Security-Policy"]
        assert (await client.get("/panel/speedscope/speedscope-X.js")).status == 200
        for path in (
            "/assets/panel.html",
            "/assets/none.js",
            "/panel/speedscope/none",
            "/assets/speedscope/index.html",
        ):
            assert (await client.get(path)).status == 404, path


async def test_without_a_build_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with served(tmp_path, monkeypatch, built=False) as client:
        assert await error_of(await client.get("/panel")) == (503, "unavailable")


async def test_points_since_a_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with served(tmp_path, monkeypatch) as client:
        told = await (await client.get("/admin/runtime")).json()
        assert told["kinds"] == list(KINDS)
        [point] = told["points"]
        assert {"at", "lag", "gc", "rss", "tasks", "cpu", "pools", "load", "tier"} <= set(point)
        again = await (await client.get(f"/admin/runtime?since={point['at']}")).json()
        assert again["points"] == []
        for since in ("x", "-1", "1.5", "9" * 30):
            assert await error_of(await client.get(f"/admin/runtime?since={since}")) == (400, "invalid")


async def test_captures_from_taking_to_deleting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def take(client: Client, kind: str) -> dict[str, Any]:
        answer = await client.post("/admin/captures", json={"kind": kind, "seconds": 0.1})
        assert answer.status == 201
        taken: dict[str, Any] = (await answer.json())["capture"]
        return taken

    async with served(tmp_path, monkeypatch) as client:
        first, second, other = [await take(client, kind) for kind in ("tasks", "tasks", "cpu")]
        listed = (await (await client.get("/admin/captures")).json())["captures"]
        assert {each["id"] for each in listed} == {first["id"], second["id"], other["id"]}
        answer = await client.get(f"/admin/captures/{first['id']}")
        assert decode(await answer.read()).types == (("tasks", "count"),)
        assert f'filename="{first["id"]}.pb.gz"' in answer.headers["Content-Disposition"]
        stacks = await (await client.get(f"/admin/captures/{first['id']}?format=collapsed")).text()
        assert stacks.rstrip().rpartition(" ")[2].isdigit()
        found = await (
            await client.get(f"/admin/captures/diff?before={first['id']}&after={second['id']}")
        ).json()
        assert found["unit"] == "count"
        assert all(row["own"][0] or row["own"][1] for row in found["rows"])
        unlike = await client.get(f"/admin/captures/diff?before={first['id']}&after={other['id']}")
        assert await error_of(unlike) == (400, "invalid")
        assert await error_of(await client.get("/admin/captures/diff?before=x")) == (404, "not_found")
        left = await (await client.delete(f"/admin/captures/{first['id']}")).json()
        assert len(left["captures"]) == 2
        assert await error_of(await client.get(f"/admin/captures/{first['id']}")) == (404, "not_found")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kind": "gpu"},
        {"kind": "cpu", "seconds": 0},
        {"kind": "cpu", "seconds": 600},
        {"kind": "cpu", "x": 1},
    ],
)
async def test_nonsense_is_refused(body: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with served(tmp_path, monkeypatch) as client:
        assert await error_of(await client.post("/admin/captures", json=body)) == (400, "invalid")
