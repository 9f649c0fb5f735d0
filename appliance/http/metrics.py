"""GET /metrics on the admin routes: what Prometheus reads."""

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector


def add_metrics(app: web.Application, *collectors: Collector) -> None:
    """Serve what `collectors` find at the moment of the request."""
    registry = CollectorRegistry()
    for collector in collectors:
        registry.register(collector)

    async def metrics(request: web.Request) -> web.StreamResponse:
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app.router.add_get("/metrics", metrics)
