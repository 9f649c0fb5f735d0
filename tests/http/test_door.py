"""The listening socket against clients that dawdle, flood or talk something else."""

import asyncio
import contextlib
import fcntl
import json
import logging
import socket
import stat
import struct
import time
from pathlib import Path

import pytest
from aiohttp import web

from appliance.errors import StartError
from appliance.http.door import SEND_BUFFER, bind, open_door
from tests.http.house import House, open_house

SIOCOUTQNSD = 0x894B
"""What of a socket's bytes was not sent yet (linux/sockios.h)."""

SOON = 0.3
HEAD = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"


async def connect(house: House) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", house.port)


async def answer_to(house: House, request: bytes) -> bytes:
    reader, writer = await connect(house)
    writer.write(request)
    async with asyncio.timeout(5):
        answer = await reader.read()
    writer.close()
    return answer


async def cut_after(house: House, *pieces: bytes, pause: float = 0.0) -> tuple[float, bytes]:
    """Send the pieces with pauses; return after how many seconds the connection was cut, and what came back."""
    reader, writer = await connect(house)
    began = time.monotonic()

    async def drip() -> None:
        for piece in pieces:
            writer.write(piece)
            await asyncio.sleep(pause)

    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        dripping = tasks.create_task(drip())
        try:
            heard = await reader.read()
        except ConnectionError:
            heard = b""
        dripping.cancel()
    writer.close()
    return time.monotonic() - began, heard


async def test_a_half_sent_header_is_cut_off(tmp_path: Path) -> None:
    async with open_house(tmp_path, header_seconds=SOON) as house:
        took, heard = await cut_after(house, HEAD)
        assert SOON * 0.9 <= took < 3
        assert heard == b""


async def test_so_is_a_connection_that_says_nothing(tmp_path: Path) -> None:
    async with open_house(tmp_path, header_seconds=SOON) as house:
        assert (await cut_after(house))[0] < 3


async def test_dripping_bytes_gain_no_time(tmp_path: Path) -> None:
    async with open_house(tmp_path, header_seconds=SOON) as house:
        took, _ = await cut_after(house, *(bytes([byte]) for byte in HEAD * 20), pause=0.05)
        assert took < 3


async def test_the_second_request_of_a_connection_has_the_same_deadline(tmp_path: Path) -> None:
    async with open_house(tmp_path, header_seconds=SOON) as house:
        took, heard = await cut_after(house, HEAD + b"\r\n", HEAD, pause=0.1)
        assert heard.count(b"200 OK") == 1
        assert SOON * 0.9 <= took < 3


async def test_an_idle_connection_may_wait_for_its_next_request(tmp_path: Path) -> None:
    async with open_house(tmp_path, header_seconds=SOON) as house:
        reader, writer = await connect(house)
        for _ in range(2):
            writer.write(HEAD + b"\r\n")
            assert await reader.readuntil(b'{"status":"ok"}')
            await asyncio.sleep(SOON * 2)
        assert not reader.at_eof()
        writer.close()


async def test_a_header_in_time_is_answered(tmp_path: Path) -> None:
    async with open_house(tmp_path, header_seconds=SOON) as house:
        reader, writer = await connect(house)
        writer.write(HEAD)
        await asyncio.sleep(SOON / 3)
        writer.write(b"Connection: close\r\n\r\n")
        assert b"200 OK" in await reader.read()
        writer.close()


async def test_a_socket_outlives_the_deadline(tmp_path: Path) -> None:
    async with (
        open_house(tmp_path, header_seconds=SOON) as house,
        house.browser() as browser,
        browser.ws_connect("/ws/visitor") as ws,
    ):
        await ws.receive_json()
        await asyncio.sleep(SOON * 2)
        await ws.send_str("still here")
        assert await ws.receive_str() == "still here"


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 20_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        HEAD + b"".join(b"X-%d: 1\r\n" % number for number in range(200)) + b"\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /api/login HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"<script>alert(1)</script> / HTTP/1.1\r\n\r\n",
    ],
    ids=[
        "long header",
        "long target",
        "many headers",
        "TLS",
        "odd version",
        "odd length",
        "smuggling",
        "odd method",
    ],
)
async def test_what_is_no_request_gets_a_plain_answer(tmp_path: Path, request_: bytes) -> None:
    async with open_house(tmp_path) as house:
        answer = await answer_to(house, request_)
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.split(b" ")[1] == b"400"
        told = json.loads(body)["error"]
        assert told["code"] == "invalid"
        assert told["zh"]
        for inside in (b"Traceback", b"aiohttp", b"script", b"Python", b".py"):
            assert inside not in answer
        assert b"nosniff" in head
        assert b'{"status":"ok"}' in await answer_to(house, HEAD + b"Connection: close\r\n\r\n")


def test_slow_readers_do_not_fill_the_kernel() -> None:
    with bind("127.0.0.1", 0) as sock:
        # Linux doubles what it is asked for.
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) == 2 * SEND_BUFFER
        sock.listen()
        with socket.create_connection(sock.getsockname()):
            sock.setblocking(True)
            served, _ = sock.accept()
            with served:
                served.setblocking(False)
                with contextlib.suppress(BlockingIOError):
                    while served.send(b"x" * 1_000):
                        pass
                unsent = struct.unpack("i", fcntl.ioctl(served, SIOCOUTQNSD, b"\0" * 4))[0]
                # It is looked at before a segment is added, so one more may stand there.
                assert 0 < unsent < SEND_BUFFER


def test_a_taken_port_gives_one_sentence_with_the_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        with pytest.raises(StartError) as caught:
            bind("127.0.0.1", taken.getsockname()[1])
        assert "--port" in caught.value.say("zh")
        assert "in use" in caught.value.say("en")


def test_an_address_that_is_not_ours_gives_one_sentence() -> None:
    with pytest.raises(StartError, match="Cannot listen"):
        bind("203.0.113.1", 0)


async def test_a_port_taken_between_bind_and_listen_is_told_too(tmp_path: Path) -> None:
    with bind("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        second = socket.socket()
        second.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        second.bind(("127.0.0.1", port))
        second.listen()
        with second, pytest.raises(StartError, match="in use"):
            async with open_door(web.Application(), first):
                pass


async def test_the_admin_socket_is_its_owners_and_goes_with_the_house(tmp_path: Path) -> None:
    path = tmp_path / "admin.sock"
    async with open_house(tmp_path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not path.exists()


async def test_who_hangs_up_in_the_middle_of_a_body_leaves_no_error_behind(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    head = b"POST /api/login HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\nContent-Type: application/json\r\n"
    async with open_house(tmp_path) as house:
        with caplog.at_level(logging.DEBUG, "kefu.http"):
            _, writer = await connect(house)
            writer.write(head + b"Content-Length: 100\r\n\r\n{")
            await writer.drain()
            await asyncio.sleep(0.1)
            writer.transport.abort()
            await asyncio.sleep(0.2)
    assert "a request was left" in caplog.text
    assert "Traceback" not in caplog.text
    assert [record for record in caplog.records if record.levelno > logging.DEBUG] == []


def test_a_host_name_that_cannot_be_looked_up_gives_one_sentence() -> None:
    with pytest.raises(StartError, match=r"无法监听|Cannot listen"):
        bind("a" * 300, 0)
