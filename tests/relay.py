"""A loopback port that leads to a Unix socket, for programs that speak TCP only: `go tool pprof`, browsers."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

CHUNK = 65_536


@contextmanager
def relay(path: Path) -> Iterator[int]:
    """Yield the port; every connection to it becomes one to the socket at `path`."""
    loop = asyncio.new_event_loop()
    opened = threading.Event()
    port = 0
    ended = asyncio.Event()

    async def serve() -> None:
        nonlocal port
        server = await asyncio.start_server(carry, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        opened.set()
        async with server:
            await ended.wait()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            back, forth = await asyncio.open_unix_connection(str(path))
            async with asyncio.TaskGroup() as both:
                both.create_task(_copy(reader, forth))
                both.create_task(_copy(back, writer))

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(serve())

    thread = threading.Thread(target=run, name="relay", daemon=True)
    thread.start()
    assert opened.wait(10)
    try:
        yield port
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(10)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
    writer.close()
