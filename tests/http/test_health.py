"""The probes tell whether it lives and whether it can serve."""

from pathlib import Path

from appliance.errors import StoreError, Text
from tests.http.house import error_of, open_house


async def test_both_are_fine_while_it_serves(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.browser(None) as probe:
        for path in ("/healthz", "/readyz"):
            async with probe.get(path) as answer:
                assert (answer.status, await answer.json()) == (200, {"status": "ok"})


async def test_on_the_way_out_it_lives_but_is_not_ready(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.browser(None) as probe:
        house.draining = True
        async with probe.get("/healthz") as answer:
            assert answer.status == 200
        async with probe.get("/readyz") as answer:
            assert await error_of(answer) == (503, "unavailable")
            assert answer.headers["Retry-After"]


async def test_without_its_store_it_is_not_ready(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.browser(None) as probe:
        await house.store.close()
        async with probe.get("/readyz") as answer:
            assert await error_of(answer) == (503, "unavailable")


async def test_while_the_disk_takes_nothing_it_is_not_ready(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.browser(None) as probe:
        house.store.trouble = StoreError(Text("满", "full"))
        async with probe.get("/readyz") as answer:
            assert await error_of(answer) == (503, "unavailable")
        house.store.trouble = None
        async with probe.get("/readyz") as answer:
            assert answer.status == 200
