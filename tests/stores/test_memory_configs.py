"""What the history of a forgetful store is like beyond the contract (tests/contract/test_configs.py)."""

from appliance.stores.memory_configs import MemoryConfigs
from tests.contract.test_configs import config


async def test_two_histories_know_nothing_of_each_other() -> None:
    one, other = MemoryConfigs(), MemoryConfigs()
    await one.go_live(config("一"))
    assert (len(await one.configs()), await other.configs()) == (1, [])
