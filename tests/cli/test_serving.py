"""The wiring: signals, what is announced, what is shown of the running appliance, sockets that drain."""

import asyncio
import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import aiohttp
import pytest
from msgspec.structs import replace

from appliance.cli.admin import ask
from appliance.cli.console import Console
from appliance.cli.serving import Place, Stop, announce, identity_secret
from appliance.config.spec import Secret
from appliance.errors import ConfigError
from appliance.http.door import bind
from appliance.runtime.secrets import Secrets
from tests.cli.shell import PATIENCE, ROOT, SHIPPED, process
from tests.http.house import SPEC

KEYS = Secrets(b"s" * 32, b"v" * 32, "own")


@pytest.mark.parametrize("first", [signal.SIGTERM, signal.SIGINT])
async def test_the_first_signal_asks_the_second_interrupt_ends(first: int) -> None:
    ended: list[int] = []
    stop = Stop(asyncio.get_running_loop(), ended.append)
    os.kill(os.getpid(), first)
    async with asyncio.timeout(5):
        await stop.wait()
    assert ended == []
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.sleep(0.05)
    assert ended == []
    os.kill(os.getpid(), signal.SIGINT)
    await asyncio.sleep(0.05)
    assert ended == [130]
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().remove_signal_handler(each)


async def test_a_drain_that_hangs_is_ended() -> None:
    ended: list[int] = []
    stop = Stop(asyncio.get_running_loop(), ended.append)
    stop.no_later_than(0.01)
    await asyncio.sleep(0.05)
    assert ended == [1]
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().remove_signal_handler(each)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("owner", [None, "s3cret"])
def test_people_are_told_the_pages_the_link_and_how_to_stop(
    language: str, owner: str | None, tmp_path: Path
) -> None:
    out = io.StringIO()
    with socket.create_server(("127.0.0.1", 0)) as sock:
        place = Place("kefu.yaml", tmp_path, "127.0.0.1", sock, KEYS, 0.0)
        announce(Console("zh" if language == "zh" else "en", out=out), place, False, owner)
        url = place.url
    told = out.getvalue()
    for word in (f"{url}/demo", f"{url}/console", "Ctrl+C", "make setup"):
        assert word in told
    assert ("#invite=s3cret" in told) == (owner is not None)


def test_the_identity_secret_is_the_named_one_else_our_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert identity_secret(SPEC, KEYS) == "own"
    (tmp_path / "key").write_text("from a file\n")
    named = replace(SPEC, site=replace(SPEC.site, identity_secret=Secret("file", str(tmp_path / "key"))))
    assert identity_secret(named, KEYS) == "from a file"
    monkeypatch.delenv("KEFU_TEST_KEY", raising=False)
    unset = replace(SPEC, site=replace(SPEC.site, identity_secret=Secret("env", "KEFU_TEST_KEY")))
    with pytest.raises(ConfigError, match="KEFU_TEST_KEY"):
        identity_secret(unset, KEYS)


async def test_an_open_page_is_told_to_come_back_when_it_drains(tmp_path: Path) -> None:
    """The whole appliance: a visitor says hello and writes, then SIGTERM."""
    with process(tmp_path) as running:
        async with (
            aiohttp.ClientSession(headers={"Origin": running.url}) as client,
            client.ws_connect(f"{running.url}/ws/visitor") as ws,
        ):
            hello = {
                "t": "hello",
                "v": 1,
                "token": None,
                "session": None,
                "epoch": None,
                "cursors": {},
                "lang": "zh",
            }
            await ws.send_json(hello)
            welcome = flat(await ws.receive_json())[0]
            assert welcome["t"] == "welcome"
            assert welcome["token"].startswith("v1.")
            await ws.send_json({"t": "send", "cid": "019300000000-1", "conversation": None, "text": "在吗"})
            async with asyncio.timeout(10):
                while not any(frame["t"] == "ack" for frame in flat(await ws.receive_json())):
                    pass
                os.kill(running.pid, signal.SIGTERM)
                while (message := await ws.receive()).type is aiohttp.WSMsgType.TEXT:
                    pass
            assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, 1012)
        assert (await asyncio.to_thread(running.ended)).code == 0


def flat(frames: object) -> list[dict[str, str]]:
    """Return the frames of one socket message, which holds one or several."""
    found = json.loads(json.dumps(frames))
    return found if isinstance(found, list) else [found]


@pytest.mark.parametrize("closing", [">&-", ">/dev/full", "<&- >&- 2>&-", "2>/dev/full"])
def test_it_serves_although_nobody_reads_what_it_says(tmp_path: Path, closing: str) -> None:
    with bind("127.0.0.1", 0) as probe:
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "appliance",
        "run",
        "-c",
        SHIPPED,
        "--data",
        str(tmp_path),
        "--port",
        str(port),
    ]
    running = subprocess.Popen(["sh", "-c", f'exec "$@" {closing}', "sh", *command], cwd=ROOT)
    try:
        until = time.monotonic() + PATIENCE
        while ask(tmp_path, "GET", "/admin/status") is None:
            assert running.poll() is None
            assert time.monotonic() < until
            time.sleep(0.05)
        running.send_signal(signal.SIGTERM)
        assert running.wait(PATIENCE) == 0
    finally:
        running.kill()
        running.wait()
