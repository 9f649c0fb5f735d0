"""Errors that nobody caught: each is in the log, and what it says is not."""

import asyncio
import logging
import sys
import threading
from collections.abc import Iterator

import pytest

from appliance.cli.logs import ConsoleLines
from appliance.cli.strays import catch_strays, tell_stray

WRITTEN = "what somebody wrote"


@pytest.fixture(autouse=True)
def _unchanged() -> Iterator[None]:
    hooks = sys.excepthook, sys.unraisablehook, threading.excepthook
    yield
    sys.excepthook, sys.unraisablehook, threading.excepthook = hooks


def logged(caplog: pytest.LogCaptureFixture) -> str:
    return "\n".join(map(ConsoleLines().format, caplog.records))


def fails(text: str) -> None:
    raise KeyError(text)


def test_of_the_process_its_threads_and_its_collector(caplog: pytest.LogCaptureFixture) -> None:
    catch_strays()
    thread = threading.Thread(target=fails, args=(WRITTEN,), name="worker")
    thread.start()
    thread.join()
    try:
        fails(WRITTEN)
    except KeyError as error:
        sys.excepthook(type(error), error, error.__traceback__)

    class Reluctant:
        def __del__(self) -> None:
            fails(WRITTEN)

    Reluctant()
    told = logged(caplog)
    assert WRITTEN not in told
    for sentence in ("a thread failed task=worker", "the process ends", "could not be raised"):
        assert sentence in told, sentence


async def test_of_a_loop(caplog: pytest.LogCaptureFixture) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(tell_stray)
    with caplog.at_level(logging.ERROR):
        loop.call_soon(fails, WRITTEN)
        await asyncio.sleep(0.01)
    assert logged(caplog).count("nobody waited for it") == 1
    assert WRITTEN not in logged(caplog)
