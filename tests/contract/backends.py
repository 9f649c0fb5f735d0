"""The stores that the contract judges.  A new backend adds one line to BACKENDS and owes nothing else to this suite."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from msgspec import Struct

from appliance.ports import Store
from appliance.stores.memory import MemoryStore
from appliance.stores.sqlite import SqliteStore
from tests.contract.samples import T0


class Backend(Struct, frozen=True):
    """How to open a store on a directory, and whether it still knows everything when it is opened again."""

    name: str
    open: Callable[[Path], Awaitable[Store]]
    durable: bool


async def _memory(directory: Path) -> Store:
    return MemoryStore()


async def _sqlite(directory: Path) -> Store:
    return await SqliteStore.open(directory, now=lambda: T0)


BACKENDS = [
    Backend("memory", _memory, durable=False),
    Backend("sqlite", _sqlite, durable=True),
]
