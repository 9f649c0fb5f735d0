"""Frames to bytes and back: one encoder and one decoder a role, made once.

Decoding is the first door that a stranger's bytes meet, so every way in which they can be wrong ends here in one coded error.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from appliance.delivery import codes
from appliance.delivery.frames import FRAME_BYTES, ClientFrame, ServerFrame, VisitorFrame
from appliance.errors import ProtocolError

_encoder: Final = msgspec.json.Encoder()
_decoders: Final[Mapping[bool, msgspec.json.Decoder[ClientFrame]]] = {
    True: msgspec.json.Decoder(VisitorFrame),
    False: msgspec.json.Decoder(ClientFrame),
}


def encode(frame: ServerFrame) -> bytes:
    """Return `frame` as JSON."""
    return _encoder.encode(frame)


def decode(data: bytes | bytearray | str, role: str) -> ClientFrame:
    """Return the client frame in `data`; `role` "visitor" knows fewer frames than staff does.

    Raises ProtocolError(4501) for anything that is none: no JSON, lone surrogates, invalid UTF-8, nesting without end,
    numbers beyond 2**53, an unknown tag, a known field of a wrong type.  Raises ProtocolError(1009) over FRAME_BYTES.
    """
    if len(data) > FRAME_BYTES:
        raise codes.broken(
            codes.TOO_BIG,
            f"数据帧有 {len(data)} 字节，上限是 {FRAME_BYTES}。",
            f"The frame has {len(data)} bytes; at most {FRAME_BYTES} are allowed.",
        )
    try:
        return _decoders[role == "visitor"].decode(data)
    except RecursionError:
        raise _bad("嵌套太深", "it is nested too deeply") from None
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise _bad(str(error), str(error)) from None


def _bad(zh: str, en: str) -> ProtocolError:
    return codes.broken(codes.BAD_FRAME, f"无法理解数据帧：{zh}。", f"The frame cannot be understood: {en}.")
