"""Frames as RFC 6455 lays them out."""

from hypothesis import given
from hypothesis import strategies as st

from appliance.channels.framing import PONG, close_frame, control_frame, text_frame, unmasked


def test_frame_headers() -> None:
    assert text_frame(b"x" * 125)[:2] == b"\x81\x7d"
    assert text_frame(b"x" * 126)[:4] == b"\x81\x7e\x00\x7e"
    assert text_frame(b"x" * 65_536)[:10] == b"\x81\x7f" + (65_536).to_bytes(8, "big")
    assert control_frame(PONG, b"hi") == b"\x8a\x02hi"
    assert close_frame(4008, "slow") == b"\x88\x06\x0f\xa8slow"
    assert len(close_frame(4008, "x" * 200)) == 2 + 125


@given(st.binary(min_size=4, max_size=4), st.binary(max_size=200), st.binary(max_size=9))
def test_unmasking_undoes_the_mask_where_the_payload_stands(
    mask: bytes, payload: bytes, around: bytes
) -> None:
    masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
    data = around + mask + masked + around
    begin = len(around) + 4
    assert unmasked(data, len(around), begin, begin + len(payload)) == payload
