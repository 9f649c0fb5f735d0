"""Waits in tests of the load's clients: generous, because other people use the machine, too."""

import asyncio
import time
from collections.abc import Callable

PATIENCE = 30.0


async def until(holds: Callable[[], object], complaint: str) -> None:
    """Wait for something that happens in its own time."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, complaint
        await asyncio.sleep(0.02)
