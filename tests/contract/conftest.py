"""One suite, every backend."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from appliance.ports import Store
from tests.contract.backends import BACKENDS, Backend


@pytest.fixture(params=BACKENDS, ids=lambda backend: backend.name)
def backend(request: pytest.FixtureRequest) -> Backend:
    """Each backend in turn."""
    chosen: Backend = request.param
    return chosen


@pytest.fixture(params=[b for b in BACKENDS if b.durable], ids=lambda backend: backend.name)
def durable(request: pytest.FixtureRequest) -> Backend:
    """Each backend that survives being closed."""
    chosen: Backend = request.param
    return chosen


@pytest.fixture
async def store(backend: Backend, tmp_path: Path) -> AsyncIterator[Store]:
    """An open, empty store."""
    opened = await backend.open(tmp_path)
    yield opened
    await opened.close()
