"""The defaults are those of the protocol."""

from appliance.delivery.limits import Limits


def test_the_defaults_are_the_protocol() -> None:
    limits = Limits()
    assert (limits.hello, limits.ping, limits.pong, limits.got) == (10_000, 25_000, 8_000, 20_000)
    assert (limits.message_bytes, limits.outbox_frames, limits.outbox_bytes) == (8_192, 256, 1_048_576)
