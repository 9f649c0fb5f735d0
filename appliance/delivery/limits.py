"""How much a session grants a peer, in one place, so that a test or a benchmark can say otherwise."""

from msgspec import Struct

from appliance.delivery.budget import Budget
from appliance.delivery.intake import MESSAGE_BYTES
from appliance.delivery.outbox import MOST_BYTES, MOST_FRAMES
from appliance.model import Millis


class Limits(Struct, frozen=True):
    """Durations in ms; frames and syncs per 10 s."""

    message_bytes: int = MESSAGE_BYTES
    hello: Millis = 10_000
    ping: Millis = 25_000
    pong: Millis = 8_000
    got: Millis = 20_000
    outbox_frames: int = MOST_FRAMES
    outbox_bytes: int = MOST_BYTES
    visitor_frames: int = 300
    staff_frames: int = 1_500
    syncs: int = 60
    budget: Budget | None = None
    """Shared by all sessions that are given these limits; None: each has only its own cap."""
