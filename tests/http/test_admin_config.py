"""The admin routes of the configuration: the words that commands read, and an answer for every way to ask wrongly."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestClient, TestServer

from appliance.http.admin import AdminDesk, make_admin
from appliance.http.admin_config import add_config_routes
from appliance.runtime.migration import Migration
from tests.runtime.reloading import FIRST, Room, flow, greeting, room

Asked = tuple[int, Any]


class Operator:
    """Asks the routes."""

    def __init__(self, it: Room, client: "TestClient[Any, Any]") -> None:
        self.it = it
        self._client = client

    async def post(self, what: str, body: Any = None) -> Asked:
        answer = await self._client.post(f"/admin/config/{what}", json={} if body is None else body)
        return answer.status, await answer.json()

    async def get(self, what: str = "") -> Any:
        answer = await self._client.get(f"/admin/config{what}")
        assert answer.status == 200
        return await answer.json()


@asynccontextmanager
async def operator(directory: Path) -> AsyncIterator[Operator]:
    async with room(directory) as it:
        migration = Migration(it.appliance.live, it.appliance.store, it.appliance.conversations)

        def more(app: Any) -> None:
            add_config_routes(app, it.reloads, migration)

        desk: AdminDesk = None  # type: ignore[assignment]  # its routes are not asked here
        async with TestClient(TestServer(make_admin(desk, dict, more))) as client:
            yield Operator(it, client)


async def test_from_plan_to_apply_to_confirmation_and_back(tmp_path: Path) -> None:
    async with operator(tmp_path) as asks:
        text = flow(7, greeting("新"))
        status, planned = await asks.post("plan", {"text": text, "file": "kefu.yaml"})
        assert (status, planned["ok"]) == (200, True)
        assert {"path", "when", "before", "after", "what"} <= set(planned["plan"]["changes"][0])
        status, done = await asks.post(
            "apply", {"text": text, "file": "/etc/kefu.yaml", "by": "lin", "confirm_ms": 60_000}
        )
        assert status == 200
        entry = done["live"]
        assert (entry["by"], entry["file"], entry["outcome"]) == ("lin", "/etc/kefu.yaml", "live")
        assert len(entry["config"]) == 12
        assert "text" not in entry
        state = await asks.get()
        assert state["live"]["id"] == entry["id"]
        assert state["pending"]["id"] == entry["id"]
        assert (await asks.post("confirm"))[1]["live"]["id"] == entry["id"]
        assert (await asks.post("confirm"))[0] == 409
        assert not (await asks.get())["pending"]
        status, back = await asks.post("rollback", {"by": "lin"})
        assert (status, back["live"]["bundle"]) == (200, planned["plan"]["bundle_before"])
        entries = (await asks.get("/history"))["entries"]
        assert [each["outcome"] for each in entries] == ["live", "rolled_back", "past"]
        assert (await asks.post("rollback", {"to": 99}))[0] == 404


async def test_a_refusal_carries_every_diagnostic_and_no_error_of_its_own(tmp_path: Path) -> None:
    async with operator(tmp_path) as asks:
        text = FIRST.replace("to: 分配客服", "to: 分配客户")
        for what in ("plan", "apply"):
            status, refused = await asks.post(what, {"text": text, "file": "kefu.yaml"})
            assert (status, refused["ok"]) == (422, False)
            assert len([each for each in refused["problems"] if each["severity"] == "error"]) > 1
            assert "error" not in refused
        asks.it.file.write_text(text)
        assert (await asks.post("reload"))[0] == 422
        assert (await asks.get())["problem"]["problems"]


async def test_the_file_is_read_again_and_conversations_are_counted(tmp_path: Path) -> None:
    async with operator(tmp_path) as asks:
        asks.it.file.write_text(greeting("改"))
        status, done = await asks.post("reload")
        assert (status, done["ok"]) == (200, True)
        status, moved = await asks.post("migrate", {"dry_run": True})
        assert (status, moved) == (200, {"moved": 0, "kept": 0, "refused": []})


async def test_a_question_that_makes_no_sense_is_said_to_be_one(tmp_path: Path) -> None:
    async with operator(tmp_path) as asks:
        for what, body in (
            ("apply", {}),
            ("apply", {"text": 3}),
            ("apply", {"text": FIRST, "confirm_ms": 0}),
            ("plan", []),
            ("rollback", {"to": "last"}),
            ("migrate", {"rename": {"states": 5}}),
        ):
            status, answer = await asks.post(what, body)
            assert (status, answer["error"]["code"]) == (400, "invalid"), (what, body)
            assert answer["error"]["zh"]
