"""A server frame as bytes, made once and given to many links."""

from msgspec import Struct

from appliance.delivery import codec
from appliance.delivery.frames import Desk, Mode, Queue, ServerFrame, Status, Typing

Key = tuple[str, ...]


class Packed(Struct, frozen=True, gc=False):
    """`frame`, its JSON `data`, and the `key` under which a newer one replaces it (None: it must arrive)."""

    frame: ServerFrame
    data: bytes
    key: Key | None


def pack(frame: ServerFrame) -> Packed:
    """Return `frame` with its bytes."""
    return Packed(frame, codec.encode(frame), _key(frame))


def _key(frame: ServerFrame) -> Key | None:
    match frame:
        case Typing():
            return ("typing", frame.conversation, frame.who)
        case Queue():
            return ("queue", frame.conversation)
        case Desk():
            return ("desk",)
        case Status():
            return ("presence",)
        case Mode():
            return ("mode",)
    return None
