"""An echo of plain aiohttp, as its documentation has it: what the Autobahn suite says of it is what ours is held against.

`python -m tests.conformance.plain_echo PORT` serves ws://127.0.0.1:PORT/echo until it is stopped.
"""

import sys

from aiohttp import WSMsgType, web

MOST_BYTES = 32 * 1024 * 1024


async def _echo(request: web.Request) -> web.WebSocketResponse[bool]:
    socket = web.WebSocketResponse(max_msg_size=MOST_BYTES)
    await socket.prepare(request)
    async for message in socket:
        if message.type is WSMsgType.TEXT:
            await socket.send_str(message.data)
        elif message.type is WSMsgType.BINARY:
            await socket.send_bytes(message.data)
    return socket


def main() -> None:
    """Serve."""
    app = web.Application()
    app.router.add_get("/echo", _echo)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None)


if __name__ == "__main__":
    main()
