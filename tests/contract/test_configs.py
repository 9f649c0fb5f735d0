"""The Configs port: which configurations were live, and what became of each."""

import hashlib
from pathlib import Path

from appliance.history import MOST_CONFIGS, Config
from appliance.ports import Store
from tests.contract.backends import Backend
from tests.contract.samples import T0


def config(text: str, confirm_by: int | None = None) -> Config:
    return Config(
        T0, "root", "kefu.yaml", text, f"b-{text}", {"zh": "改", "en": "changed"}, {"旧": "新"}, confirm_by
    )


async def test_the_newest_is_live_and_the_others_say_what_became_of_them(store: Store) -> None:
    assert await store.configs() == []
    first = await store.go_live(config("一"))
    second = await store.go_live(config("二", T0 + 5))
    third = await store.go_live(config("三"), "reverted")
    await store.go_live(config("一"), "rolled_back")
    kept = await store.configs()
    assert [each.outcome for each in kept] == ["live", "rolled_back", "reverted", "past"]
    assert [each.id for each in kept][1:] == [third.id, second.id, first.id]
    assert kept[0].id > third.id
    assert {each.text for each in kept} == {""}
    assert kept[0].sha256 == first.sha256 == hashlib.sha256("一".encode()).hexdigest()


async def test_one_comes_back_whole(store: Store) -> None:
    live = await store.go_live(config("文字: \x01 'x' \"y\"\n", T0 + 5))
    assert await store.config(live.id) == live
    assert (live.summary, live.aliases, live.confirm_by) == (
        {"zh": "改", "en": "changed"},
        {"旧": "新"},
        T0 + 5,
    )
    assert await store.config(live.id + 1) is None


async def test_a_confirmed_one_waits_for_nobody_and_one_that_is_past_neither(store: Store) -> None:
    first = await store.go_live(config("一", T0 + 5))
    await store.confirm(first.id)
    await store.confirm(first.id + 9)
    assert [each.confirm_by for each in await store.configs()] == [None]
    second = await store.go_live(config("二", T0 + 5))
    await store.confirm(second.id, T0 + 9)
    assert [each.confirm_by for each in await store.configs()] == [T0 + 9, None]
    await store.go_live(config("三"), "reverted")
    assert [each.confirm_by for each in await store.configs()] == [None, None, None]


async def test_the_oldest_are_forgotten_but_never_the_one_to_go_back_to(store: Store) -> None:
    good = await store.go_live(config("好"))
    await store.go_live(config("下一个"))
    for number in range(MOST_CONFIGS + 3):
        await store.go_live(config(f"试{number}"), "reverted")
    kept = await store.configs()
    assert len(kept) == MOST_CONFIGS + 1
    assert kept[-1].id == good.id
    assert kept[-1].outcome == "past"


async def test_a_restart_knows_them_all(durable: Backend, tmp_path: Path) -> None:
    store = await durable.open(tmp_path)
    first, second = await store.go_live(config("一")), await store.go_live(config("二", T0 + 5))
    await store.close()
    store = await durable.open(tmp_path)
    assert [each.id for each in await store.configs()] == [second.id, first.id]
    assert await store.config(second.id) == second
    await store.close()
