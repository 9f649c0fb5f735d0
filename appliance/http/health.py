"""Whether the appliance lives and whether it can serve: for load balancers, systemd and `make run`."""

import asyncio

from aiohttp import web

from appliance.errors import KefuError, Text
from appliance.http.answers import answer, error
from appliance.http.services import services

STORE_SECONDS = 2.0


def add_routes(app: web.Application) -> None:
    """Add the two probes."""
    app.router.add_get("/healthz", _alive)
    app.router.add_get("/readyz", _ready)


async def _alive(request: web.Request) -> web.StreamResponse:
    return answer({"status": "ok"})


async def _ready(request: web.Request) -> web.StreamResponse:
    """Answer 200 when new visitors can be served: not draining, the store answers and takes what is said."""
    parts = services(request)
    if parts.draining():
        return error("unavailable", Text("正在停止。", "On the way out."), 5_000)
    if parts.log.failing():
        return error(
            "unavailable", Text("数据写不进磁盘，见日志。", "The disk takes no data; see the log."), 5_000
        )
    try:
        async with asyncio.timeout(STORE_SECONDS):
            await parts.log.epoch()
    except (KefuError, TimeoutError):
        return error("unavailable", Text("数据库没有响应。", "The store does not answer."), 5_000)
    return answer({"status": "ok"})
