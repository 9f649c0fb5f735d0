"""The way without the hot socket: aiohttp reads, in the task of the request, and only public names are used.

It is the switch to turn should a later aiohttp no longer give its transport away: some 20 KB and two tasks a connection.
"""

import asyncio

from aiohttp import WebSocketError, WSMsgType, web

from appliance.channels.framing import PING, PONG
from appliance.channels.hotsocket import NEVER_SENT, PROTOCOL_ERROR, Receiver

LOOK_AGAIN = 0.05
"""Seconds until the transport is looked at again: no public callback tells when it has drained."""


class FallbackSocket:
    """Implements hotsocket.Source over aiohttp's WebSocketResponse."""

    def __init__(
        self, ws: "web.WebSocketResponse[bool]", transport: asyncio.Transport, receiver: Receiver
    ) -> None:
        self.transport = transport
        self._ws = ws
        self._receiver = receiver
        self._going = asyncio.Event()
        self._going.set()
        self._looks = False

    def pause(self) -> None:
        """See Source."""
        self._going.clear()

    def resume(self) -> None:
        """See Source."""
        self._going.set()

    def watch(self) -> None:
        """See Source."""
        if not self._looks:
            self._looks = True
            asyncio.get_running_loop().call_later(LOOK_AGAIN, self._look)

    def _look(self) -> None:
        self._looks = False
        if not self.transport.is_closing():
            self._receiver.room()

    async def run(self) -> None:
        """Read until the end."""
        while True:
            await self._going.wait()
            message = await self._ws.receive()
            match message.type:
                case WSMsgType.TEXT:
                    self._receiver.received(message.data)
                case WSMsgType.BINARY:
                    self._receiver.foreign(message.data)
                case WSMsgType.PING:
                    self._receiver.controlled(PING, message.data)
                case WSMsgType.PONG:
                    self._receiver.controlled(PONG, message.data)
                case WSMsgType.CLOSE:
                    if message.data in NEVER_SENT:
                        self._receiver.broken(PROTOCOL_ERROR)
                    else:
                        self._receiver.bidden(message.data)
                    return
                case WSMsgType.ERROR:
                    wrong = message.data
                    self._receiver.broken(wrong.code if isinstance(wrong, WebSocketError) else PROTOCOL_ERROR)
                    return
                case _:
                    return


async def read_on(request: web.Request, receiver: Receiver, most_bytes: int) -> web.StreamResponse:
    """Shake hands and read to the end.  Raises ConnectionError when the peer has gone already."""
    ws: web.WebSocketResponse[bool] = web.WebSocketResponse(
        compress=False,
        autoclose=False,
        # aiohttp refuses a frame of max_msg_size bytes itself.
        max_msg_size=most_bytes + 1,
        decode_text=False,
        autoping=False,
    )
    await ws.prepare(request)
    transport = request.transport
    if transport is None:
        raise ConnectionResetError("the peer has gone during its handshake")
    socket = FallbackSocket(ws, transport, receiver)
    receiver.opened(socket)
    try:
        await socket.run()
    finally:
        receiver.lost()
    return ws
