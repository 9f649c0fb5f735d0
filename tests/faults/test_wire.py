"""The instrument: each thing that a wire can do to a connection reaches the end that it should, and only that one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from tests.faults.wire import Connection, How, Way, Wire, wire

Pair = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def talk(plan: Callable[[Connection], None] | None = None) -> AsyncIterator[tuple[Wire, Pair, Pair]]:
    """Yield the wire and both ends of one connection through it: the client's, then the server's."""
    accepted: asyncio.Future[Pair] = asyncio.get_running_loop().create_future()
    server = await asyncio.start_server(
        lambda reader, writer: accepted.set_result((reader, writer)), "127.0.0.1", 0
    )
    async with server, wire(server.sockets[0].getsockname()[1]) as laid:
        laid.plan = plan
        client = await asyncio.open_connection("127.0.0.1", laid.port)
        theirs = await accepted
        try:
            yield laid, client, theirs
        finally:
            for _, writer in (client, theirs):
                writer.transport.abort()


async def test_it_passes_both_ways_and_the_end() -> None:
    async with talk() as (_, client, server):
        client[1].write(b"question")
        assert await server[0].readexactly(8) == b"question"
        server[1].write(b"answer")
        server[1].close()
        assert await client[0].read() == b"answer"


@pytest.mark.parametrize("how", ["end", "half-open"])
async def test_a_cut_comes_after_exactly_so_many_bytes_of_both_ways(how: How) -> None:
    async with talk(lambda connection: connection.cut_after(10, how)) as (laid, client, server):
        client[1].write(b"123456")
        assert await server[0].readexactly(6) == b"123456"
        server[1].write(b"7890abc")
        if how == "end":
            assert await client[0].read() == b"7890"
            assert await server[0].read() == b""
        else:
            with pytest.raises(ConnectionError):
                await client[0].readexactly(100)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await server[0].read()
        assert laid.cuts == 1


async def test_a_reset_reaches_both() -> None:
    async with talk(lambda connection: connection.cut_after(1, "reset")) as (_, client, server):
        client[1].write(b"x")
        for reader, _ in (client, server):
            with pytest.raises(ConnectionResetError):
                await reader.readexactly(100)


@pytest.mark.parametrize("way", ["up", "down"])
async def test_a_silent_way_lets_nothing_pass_not_even_the_end(way: Way) -> None:
    async with talk() as (laid, client, server):
        (connection,) = laid.connections
        speaker, hearer = (client, server) if way == "up" else (server, client)
        connection.silence(way)
        speaker[1].write(b"lost")
        hearer[1].write(b"heard")
        assert await speaker[0].readexactly(5) == b"heard"
        speaker[1].close()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await hearer[0].read()
        assert list(connection.closed_at) == [way]


async def test_who_is_stalled_stops_the_server_and_loses_nothing() -> None:
    async with talk() as (laid, client, server):
        (connection,) = laid.connections
        connection.stall(True)
        server[1].transport.set_write_buffer_limits(high=0)
        server[1].write(b"x" * 16_000_000)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await server[1].drain()
        connection.stall(False)
        assert await client[0].readexactly(16_000_000) == b"x" * 16_000_000


async def test_a_server_that_is_not_there_is_told_as_a_reset() -> None:
    async with wire(1) as laid:
        reader, writer = await asyncio.open_connection("127.0.0.1", laid.port)
        with pytest.raises(ConnectionError):
            await reader.readexactly(1)
        writer.close()
        assert not laid.connections
