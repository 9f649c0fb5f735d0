"""The admin routes about the configuration, over HTTP: what they answer, and with which status."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from appliance.http.admin import LARGEST_BODY
from appliance.http.admin_config import add_config_routes
from appliance.http.answers import speak_plainly
from appliance.runtime.migration import Migration
from tests.runtime.test_reload import BROKEN, FLOW, OTHER, House, house

Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    async with house(tmp_path) as here, TestClient(TestServer(app_of(here))) as made:
        yield made


def app_of(here: House) -> web.Application:
    app = web.Application(middlewares=[speak_plainly], client_max_size=LARGEST_BODY)
    appliance = here.appliance
    add_config_routes(app, here.reloads, Migration(appliance.live, appliance.store, appliance.conversations))
    return app


async def ask(client: Client, method: str, path: str, body: object = None) -> tuple[int, dict[str, object]]:
    async with client.request(method, f"/admin/config{path}", json=body) as answer:
        return answer.status, await answer.json()


async def test_plan_apply_confirm_history_rollback(client: Client) -> None:
    status, planned = await ask(client, "POST", "/plan", {"text": FLOW})
    assert (status, planned["ok"], planned["live"]) == (200, True, None)
    status, applied = await ask(client, "POST", "/apply", {"text": FLOW, "by": "li", "confirm_ms": 60_000})
    assert status == 200
    assert isinstance(applied["live"], dict)
    assert (applied["live"]["id"], applied["live"]["by"]) == (2, "li")
    _, state = await ask(client, "GET", "")
    assert isinstance(state["pending"], dict)
    assert (await ask(client, "POST", "/confirm", {}))[0] == 200
    assert (await ask(client, "POST", "/confirm", {}))[0] == 409
    assert (await ask(client, "POST", "/rollback", {}))[0] == 200
    _, history = await ask(client, "GET", "/history")
    assert isinstance(history["entries"], list)
    assert [entry["outcome"] for entry in history["entries"]] == ["live", "rolled_back", "past"]
    assert "text" not in history["entries"][0]
    assert (await ask(client, "POST", "/migrate", {"dry_run": True}))[1] == {
        "moved": 0,
        "kept": 0,
        "refused": [],
    }


async def test_a_refused_one_answers_422_with_every_diagnostic_and_no_error_key(client: Client) -> None:
    status, answer = await ask(client, "POST", "/apply", {"text": BROKEN})
    assert (status, answer["ok"], answer["live"], "error" in answer) == (422, False, None, False)
    assert isinstance(answer["problems"], list)
    assert [problem["code"] for problem in answer["problems"]] == ["K301"]
    _, state = await ask(client, "GET", "")
    assert isinstance(state["problem"], dict)
    assert state["results"] == {"refused": 1}


async def test_reload_reads_the_file_of_the_start(client: Client, tmp_path: Path) -> None:
    (tmp_path / "kefu.yaml").write_text(OTHER, encoding="utf-8")
    status, answer = await ask(client, "POST", "/reload", {})
    assert (status, answer["ok"]) == (200, True)


@pytest.mark.parametrize(
    "body",
    [None, [], {"text": 3}, {"text": "x", "confirm_ms": 0}, {"text": "x", "rename": {"queues": {"a": 1}}}],
)
async def test_nonsense_is_refused_in_words(client: Client, body: object) -> None:
    status, answer = await ask(client, "POST", "/apply", body)
    assert status == 400
    assert "error" in answer


async def test_a_body_that_no_configuration_needs_is_too_large(client: Client) -> None:
    status, answer = await ask(client, "POST", "/apply", {"text": "x" * 900_000, "file": "y" * 900_000, "by": "z" * 900_000})
    assert status == 413
    assert "error" in answer
    assert (await ask(client, "POST", "/rollback", {"to": 99}))[0] == 404
