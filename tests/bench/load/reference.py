"""The bare server that bench_core is compared with: aiohttp, SQLite and nothing between.

It keeps what makes the comparison fair (the same frames, durable before the ack with synchronous=FULL, one group commit for
whatever has arrived, the sender and his agent are shown each message) and has nothing of what makes an appliance: no flow, no
permission, no dedup, no positions, no resume, no slow readers.  Agents are told by their cookie, visitors go round among them.
"""

import argparse
import asyncio
import contextlib
import itertools
import queue
import signal
import threading
import time
from pathlib import Path
from typing import Any

import apsw
import msgspec
import uvloop
from aiohttp import WSMsgType, web
from msgspec import Struct

_TABLE = (
    "CREATE TABLE log(conversation TEXT, seq INTEGER, at INTEGER, sender TEXT, cid TEXT, body TEXT, "
    "PRIMARY KEY(conversation, seq)) WITHOUT ROWID"
)
_STORE = "INSERT INTO log SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5 FROM json_each(?)"
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


class Chat(Struct):
    """One conversation: its two sockets and how far it has come."""

    id: str
    visitor: web.WebSocketResponse[bool]
    agent: web.WebSocketResponse[bool]
    seq: int = 0


class Reference:
    """The server."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._loop = asyncio.get_running_loop()
        self._queue: queue.SimpleQueue[
            tuple[web.WebSocketResponse[bool], Chat, dict[str, Any], int] | None
        ] = queue.SimpleQueue()
        self._agents: list[web.WebSocketResponse[bool]] = []
        self._round = itertools.count()
        self._chats: dict[str, Chat] = {}
        self._writing = asyncio.Semaphore(1)
        self._thread = threading.Thread(target=self._store, daemon=True)
        self._thread.start()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One socket."""
        ws: web.WebSocketResponse[bool] = web.WebSocketResponse(compress=False)
        await ws.prepare(request)
        staff = request.path == "/ws/agent"
        chat: Chat | None = None
        async for message in ws:
            if message.type is not WSMsgType.TEXT:
                continue
            frame = _decode(message.data)
            if frame["t"] == "hello":
                if staff:
                    self._agents.append(ws)
                await ws.send_bytes(_welcome())
            elif frame["t"] == "send":
                if not staff and chat is None:
                    chat = await self._open(ws)
                spoken = self._chats[frame["conversation"]] if staff else chat
                assert spoken is not None
                spoken.seq += 1
                self._queue.put((ws, spoken, frame, spoken.seq))
        return ws

    async def _open(self, ws: "web.WebSocketResponse[bool]") -> Chat:
        number = next(self._round)
        chat = Chat(f"c{number}", ws, self._agents[number % len(self._agents)])
        self._chats[chat.id] = chat
        joined = _encode({"t": "joined", "conversation": {"id": chat.id}})
        for each in (chat.visitor, chat.agent):
            await each.send_bytes(joined)
        return chat

    def _store(self) -> None:
        database = apsw.Connection(str(self._path))
        database.execute("PRAGMA journal_mode = wal")
        database.execute("PRAGMA synchronous = full")
        database.execute(_TABLE)
        while True:
            first = self._queue.get()
            if first is None:
                database.close()
                return
            batch = [first]
            with contextlib.suppress(queue.Empty):
                while len(batch) < 4_096 and (more := self._queue.get_nowait()) is not None:
                    batch.append(more)
            at = time.time_ns() // 1_000_000
            rows = [(chat.id, seq, at, "", frame["cid"], frame["text"]) for _, chat, frame, seq in batch]
            database.execute(_STORE, (_encode(rows).decode(),))
            asyncio.run_coroutine_threadsafe(self._answer(batch, at), self._loop)

    async def _answer(
        self, batch: list[tuple["web.WebSocketResponse[bool]", Chat, dict[str, Any], int]], at: int
    ) -> None:
        """One message for each socket and commit, commits in their order."""
        out: dict[web.WebSocketResponse[bool], list[bytes]] = {}
        for sender, chat, frame, seq in batch:
            ack = {"t": "ack", "cid": frame["cid"], "conversation": chat.id, "seq": seq, "at": at}
            out.setdefault(sender, []).append(_encode(ack))
            event = _encode(
                {
                    "t": "event",
                    "conversation": chat.id,
                    "seq": seq,
                    "prev": seq - 1,
                    "at": at,
                    "kind": "message",
                    "text": frame["text"],
                    "cid": frame["cid"],
                }
            )
            out.setdefault(chat.visitor, []).append(event)
            out.setdefault(chat.agent, []).append(event)
        async with self._writing:
            for ws, frames in out.items():
                with contextlib.suppress(ConnectionError):
                    await ws.send_bytes(b"[%b]" % b",".join(frames))

    def stop(self) -> None:
        """Let the writer finish."""
        self._queue.put(None)
        self._thread.join()


def _welcome() -> bytes:
    return _encode(
        {
            "t": "welcome",
            "session": "s",
            "epoch": "e",
            "you": {"id": "x"},
            "conversations": [],
            "presence": "ready",
        }
    )


async def _main(port: int, data: Path) -> None:
    server = Reference(data / "reference.db")
    app = web.Application()
    app.router.add_get("/ws/visitor", server.serve)
    app.router.add_get("/ws/agent", server.serve)
    app.router.add_get("/readyz", _ready)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    await ended.wait()
    await runner.cleanup()
    server.stop()


async def _ready(request: web.Request) -> web.Response:
    return web.Response(text="ok")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("command")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("-c")
    chosen = parser.parse_args()
    chosen.data.mkdir(parents=True, exist_ok=True)
    uvloop.run(_main(chosen.port, chosen.data))
