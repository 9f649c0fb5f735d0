"""RFC 6455 frames as bytes: what the appliance writes, and how a payload is unmasked."""

import struct

from aiohttp._websocket.helpers import websocket_mask

TEXT, BINARY, CLOSE, PING, PONG = 0x81, 0x82, 0x88, 0x89, 0x8A
"""First bytes of whole, uncompressed frames."""

MASKED = 0x80

_SHORT = tuple(bytes((TEXT, size)) for size in range(126))
_medium = struct.Struct("!BBH").pack
_long = struct.Struct("!BBQ").pack


def framed(first: int, payload: bytes) -> bytes:
    """Return `payload` as one unmasked, uncompressed frame (RFC 6455, 5.2) whose first byte is `first`."""
    size = len(payload)
    if size < 126:
        return bytes((first, size)) + payload
    if size < 65_536:
        return _medium(first, 126, size) + payload
    return _long(first, 127, size) + payload


def text_frame(payload: bytes) -> bytes:
    """Return `payload` as a text frame; most are short."""
    size = len(payload)
    return _SHORT[size] + payload if size < 126 else framed(TEXT, payload)


def control_frame(first: int, payload: bytes) -> bytes:
    """Return a close, ping or pong frame; `payload` has at most 125 bytes."""
    return bytes((first, len(payload))) + payload


def close_frame(code: int, reason: str) -> bytes:
    """Return a close frame; the reason is cut to the 123 bytes a control frame has room for."""
    return control_frame(CLOSE, struct.pack("!H", code) + reason.encode()[:123])


def unmasked(data: bytes, mask: int, begin: int, end: int) -> bytearray:
    """Return data[begin:end] without the mask that stands in the four bytes at `mask`."""
    payload = bytearray(data[begin:end])
    websocket_mask(data[mask : mask + 4], payload)
    return payload
