"""What is told of a task besides its stack: words of the program and of kefu.yaml, nobody's own."""

import asyncio

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from appliance.http.task_labels import task_labels
from appliance.records import Entry
from appliance.telemetry.profiling import tasks
from tests.runtime.house import FailingStore, desktop


def labels_of_all() -> list[dict[str, str]]:
    return [dict(tasks.waiting(task, task_labels).labels) for task in asyncio.all_tasks()]


async def test_a_request_is_told_by_its_route_never_by_its_address() -> None:
    found: list[dict[str, str]] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        found.extend(labels_of_all())
        return web.Response()

    app = web.Application()
    app.router.add_get("/agents/{who}", handler)
    async with TestClient(TestServer(app)) as client:
        assert (await client.get("/agents/li.wang?token=s3cret")).status == 200
    requests = [labels for labels in found if labels["kind"] == "request"]
    assert [labels["route"] for labels in requests] == ["GET /agents/{who}"]
    assert any(labels["kind"] == "http connection" for labels in found)
    assert "li.wang" not in str(found)
    assert "s3cret" not in str(found)


class Slow(FailingStore):
    """Answers no look-up until it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.answer = asyncio.Event()

    async def find(self, sender: str, cid: str) -> tuple[str, Entry] | None:  # type: ignore[override]
        await self.answer.wait()
        return None


async def test_the_work_of_a_conversation_is_told_by_its_state() -> None:
    store = Slow()
    async with desktop(store) as desk:
        desk.open()
        await desk.settle()
        mailbox = desk.conversations.resident("c1")
        assert mailbox is not None
        state = desk.snapshot().active[-1]
        mailbox.window = type(mailbox.window)()
        mailbox.window.in_doubt = True
        desk.say("0000-older", "我的手机号是 13800000000")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        found = [labels for labels in labels_of_all() if labels["kind"].startswith("conversation")]
        store.answer.set()
        assert found == [{"type": "task", "kind": "conversation-dedup", "state": state}]
        assert "13800000000" not in str(found)
