"""The route that Prometheus reads."""

from collections.abc import Iterable

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from appliance.http.metrics import add_metrics


class Counting(Collector):
    def __init__(self) -> None:
        self.asked = 0

    def collect(self) -> Iterable[Metric]:
        self.asked += 1
        yield GaugeMetricFamily("kefu_asked", "How often", self.asked)


async def test_what_comes_first_is_awaited_each_time() -> None:
    counting = Counting()
    order: list[int] = []

    async def first() -> None:
        order.append(counting.asked)

    app = web.Application()
    add_metrics(app, counting, first=first)
    registered = counting.asked
    async with TestClient(TestServer(app)) as client:
        for _ in range(2):
            assert (await client.get("/metrics")).status == 200
    assert order == [registered, registered + 1]


async def test_it_answers_in_the_text_format_with_the_figures_of_the_moment() -> None:
    app = web.Application()
    add_metrics(app, Counting())
    async with TestClient(TestServer(app)) as client:
        first, second = [await client.get("/metrics") for _ in range(2)]
        assert first.headers["Content-Type"].startswith("text/plain; version=")
        assert float((await first.text()).split()[-1]) < float((await second.text()).split()[-1])
