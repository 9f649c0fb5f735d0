"""GET /metrics on the admin routes: what Prometheus reads."""

from collections.abc import Awaitable, Callable

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector


async def _nothing() -> None:
    pass


def add_metrics(
    app: web.Application, *collectors: Collector, first: Callable[[], Awaitable[object]] = _nothing
) -> None:
    """Serve what `collectors` find at the moment of the request, after `first`, which may take its time."""
    registry = CollectorRegistry()
    for collector in collectors:
        registry.register(collector)

    async def metrics(request: web.Request) -> web.StreamResponse:
        await first()
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app.router.add_get("/metrics", metrics)
