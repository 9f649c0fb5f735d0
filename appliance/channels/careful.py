"""Reads what the hot socket does not read itself: fragments, closes, binary frames, and all that is wrong.

aiohttp's reader (C) does the work.  It feeds a queue made to be awaited; here the queue is emptied as soon as it was fed, by
stepping its coroutine, which has nothing to wait for while something is there.
"""

import asyncio
from typing import Any

from aiohttp import WebSocketError, WSMessage, WSMsgType
from aiohttp._websocket.reader import WebSocketDataQueue, WebSocketReader
from aiohttp.http_websocket import WSMessageTextBytes

Message = WSMessage | WSMessageTextBytes


class _NeverFull:
    """The protocol that the queue believes to pause.  It is emptied before it could matter."""

    __slots__ = ()
    _reading_paused = False

    def pause_reading(self) -> None:
        """Take no notice."""

    def resume_reading(self) -> None:
        """Take no notice."""


_NEVER_FULL: Any = _NeverFull()


class CarefulReader:
    """From bytes to messages, one connection's.  Once it has begun, it reads everything that follows."""

    __slots__ = ("_queue", "_reader")

    def __init__(self, most_bytes: int, loop: asyncio.AbstractEventLoop) -> None:
        """A message of more than `most_bytes` is an error; nothing is ever inflated, because nothing was negotiated."""
        self._queue = WebSocketDataQueue(_NEVER_FULL, 2 * most_bytes, loop=loop)
        # It refuses a frame of its limit itself.
        self._reader = WebSocketReader(self._queue, most_bytes + 1, compress=False, decode_text=False)

    def feed(self, data: bytes) -> None:
        """Take bytes; what is wrong with them is the last message."""
        self._reader.feed_data(data)

    def next(self) -> Message | None:
        """Return the next message, None when there is none yet."""
        if not self._queue._buffer:  # noqa: SLF001  # the only way to ask without waiting
            return self._error()
        try:
            self._queue.read().send(None)
        except StopIteration as read:
            message: Message = read.value
            return message
        raise AssertionError("the queue waits although it holds a message")

    def _error(self) -> Message | None:
        wrong = self._queue.exception()
        if wrong is None:
            return None
        if not isinstance(wrong, WebSocketError):
            raise wrong
        return WSMessage(WSMsgType.ERROR, wrong, None)
