"""Whom a process talks to: loopback is nobody, everybody else is named, whoever's socket it is."""

import asyncio
import contextlib
import os
import socket

from tools.claims.peers import Sentry, outside, sockets_of

HEAD = b"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"


def row(far: bytes, inode: int, number: int = 0) -> bytes:
    return (
        b"%4d: 0100007F:1F90 %b 01 00000000:00000000 00:00000000 00000000  1000        0 %d 1 0000000000000000 20 4 30 10 -1\n"
        % (number, far, inode)
    )


def test_loopback_and_listeners_are_nobody() -> None:
    tables = {
        "tcp": HEAD + row(b"0100007F:A3C2", 11) + row(b"0202007F:A3C2", 12, 1) + row(b"00000000:0000", 13, 2),
        "tcp6": HEAD
        + row(b"00000000000000000000000001000000:A3C2", 14)
        + row(b"0000000000000000FFFF00000100007F:A3C2", 15, 1)
        + row(b"00000000000000000000000000000000:0000", 16, 2),
        "udp": HEAD,
    }
    assert outside(tables, {11, 12, 13, 14, 15, 16}) == set()


def test_everybody_else_is_named_where_the_socket_is_his() -> None:
    tables = {
        "tcp": HEAD + row(b"070200C0:01BB", 21) + row(b"080200C0:01BB", 22, 1),
        "tcp6": HEAD + row(b"B80D0120000000000000000001000000:01BB", 23),
        "udp": HEAD + row(b"00000000:0000", 24),
    }
    assert outside(tables, {21, 23, 24}) == {"192.0.2.7:443", "[2001:db8::1]:443", "udp 0.0.0.0:0"}


def test_a_real_process_that_asks_a_name_server_is_seen() -> None:
    sentry = Sentry()
    sentry.look(os.getpid())
    before = sentry.peers()
    assert before is not None
    assert before.looks == 1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        # Nothing is sent: a datagram socket is connected by noting an address, and bound to one by that.
        asking.bind(("127.0.0.1", 0))
        assert os.fstat(asking.fileno()).st_ino in sockets_of(os.getpid())
        sentry.look(os.getpid())
    after = sentry.peers()
    assert after is not None
    assert set(after.outside) - set(before.outside) == {"udp 0.0.0.0:0"}


async def test_it_looks_while_there_is_somebody_to_look_at() -> None:
    sentry = Sentry()
    async with asyncio.TaskGroup() as tasks:
        keeping = tasks.create_task(sentry.keep())
        await asyncio.sleep(0.01)
        assert sentry.peers() is None
        sentry.watch(os.getpid())
        await asyncio.sleep(0.7)
        sentry.leave(os.getpid())
        keeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeping
    found = sentry.peers()
    assert found is not None
    assert found.looks >= 1
