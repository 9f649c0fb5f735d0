"""The configurations that were live: what the store keeps of each, so that there is a way back to it."""

from typing import Literal

from msgspec import Struct

from appliance.model import Millis

MOST_CONFIGS = 100
"""So many configurations are remembered, whole texts included."""

Outcome = Literal["live", "past", "reverted", "rolled_back"]
"""What became of a configuration: it runs, another one followed it, nobody confirmed it (it went back, or another one took its
place before anybody did), or it was taken back."""

LONGEST_WAIT: Millis = 86_400_000
"""A configuration waits at most so long (ms) to be confirmed."""


class Config(Struct, frozen=True):
    """A configuration that was made live: when, by whom, from which file, its text.

    `summary` tells in both languages what it changed.  `aliases` are queues by their former names.  Until `confirm_by`
    somebody must confirm it, or it goes back; None: nobody need.  The store fills in `id` and `sha256` (of the text).
    """

    at: Millis
    by: str
    file: str
    text: str
    bundle: str
    summary: dict[str, str] = {}
    aliases: dict[str, str] = {}
    confirm_by: Millis | None = None
    outcome: Outcome = "live"
    id: int = 0
    sha256: str = ""
