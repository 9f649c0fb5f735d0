"""The process that test_durability kills: it commits for ever and writes down each acknowledged entry.

Called with the data directory and the file for the acknowledgements.
"""

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

from appliance.errors import StoreError
from appliance.ports import Unit
from appliance.stores.sqlite import SqliteStore
from tests.contract.samples import T0, Draft


async def main(directory: Path, journal: Path) -> None:
    """Keep 100 conversations busy, one unit of each in flight, until killed."""
    store = await SqliteStore.open(directory, now=lambda: T0)
    file = os.open(journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def go_on(draft: Draft) -> None:
        unit = draft.unit(draft.entry(cid=f"{draft.id}-{draft.heads.seq}"), draft.entry())
        store.commit(unit, acknowledge(draft, unit))

    def acknowledge(draft: Draft, unit: Unit) -> Callable[[StoreError | None], None]:
        def done(error: StoreError | None) -> None:
            if error is not None:
                raise error
            for entry in unit.entries:
                os.write(file, f"{entry.conversation} {entry.seq}\n".encode())
            if unit.entries[-1].seq % 16 == 0:
                store.checkpoint(draft.id, draft.checkpoint(), draft.owed())
            go_on(draft)

        return done

    for number in range(100):
        go_on(Draft(f"c{number}"))
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2])))
