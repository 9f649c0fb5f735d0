"""An echo on the hot socket, with the settings of the product's door: what the Autobahn suite talks to.  Test only.

`python -m tests.channels.echo PORT [--fallback]` serves ws://127.0.0.1:PORT/echo until it is stopped.
"""

import argparse
import asyncio

import uvloop
from aiohttp import web

from appliance.channels.fallback import read_on
from appliance.channels.framing import BINARY, PING, PONG, TEXT, close_frame, control_frame, framed
from appliance.channels.hotsocket import Source, hand_over
from appliance.http.door import bind, open_door

MOST_BYTES = 32 * 1024 * 1024
NORMAL, INVALID = 1000, 1007


class Echo:
    """Implements hotsocket.Receiver: says again what it hears."""

    def __init__(self) -> None:
        self._source: Source
        self._over = False

    def opened(self, source: Source) -> None:
        self._source = source

    def received(self, text: bytes | bytearray) -> None:
        try:
            # The product's codec does this when it decodes the JSON.
            bytes(text).decode()
        except UnicodeDecodeError:
            self.broken(INVALID)
            return
        self._say(framed(TEXT, bytes(text)))

    def foreign(self, data: bytes | bytearray) -> None:
        self._say(framed(BINARY, bytes(data)))

    def controlled(self, first: int, payload: bytes | bytearray) -> None:
        if first == PING:
            self._say(control_frame(PONG, bytes(payload)))

    def bidden(self, code: int) -> None:
        self._say(close_frame(code or NORMAL, ""))
        self._over = True
        self._source.transport.close()

    def broken(self, code: int) -> None:
        self._say(close_frame(code, ""))
        self._over = True
        self._source.transport.close()

    def room(self) -> None:
        """Nothing waits here."""

    def lost(self) -> None:
        self._over = True

    def _say(self, data: bytes) -> None:
        if not self._over:
            self._source.transport.write(data)


async def serve(port: int, hot: bool) -> None:
    """Serve until cancelled."""

    async def echo(request: web.Request) -> web.StreamResponse:
        if hot:
            return hand_over(request, Echo(), MOST_BYTES)
        return await read_on(request, Echo(), MOST_BYTES)

    app = web.Application()
    app.router.add_get("/echo", echo)
    async with open_door(app, bind("127.0.0.1", port)):
        await asyncio.Event().wait()


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("--fallback", action="store_true")
    asked = parser.parse_args()
    uvloop.run(serve(asked.port, not asked.fallback))


if __name__ == "__main__":
    main()
