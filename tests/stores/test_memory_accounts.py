"""What the contract suite cannot see of MemoryAccounts: it hands out no way into its own dictionaries."""

from appliance.ports import Accounts
from appliance.stores.memory_accounts import MemoryAccounts
from tests.contract.samples import agent


async def test_it_fulfils_the_port_by_itself() -> None:
    accounts: Accounts = MemoryAccounts()
    assert await accounts.agents() == []


async def test_what_a_caller_does_to_an_answer_changes_nothing() -> None:
    accounts = MemoryAccounts()
    await accounts.save_agent(agent(1))
    await accounts.set_presence("agent-1", "ready", 1)
    (await accounts.agents()).clear()
    (await accounts.presences()).clear()
    assert await accounts.agents() == [agent(1)]
    assert await accounts.presences() == {"agent-1": "ready"}
