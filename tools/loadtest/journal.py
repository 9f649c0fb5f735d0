"""What one client saw with its own eyes: the other half of the truth, beside the database.

A client writes down what it sent, what was acknowledged, and what it was shown in which order.  tools/loadtest/oracle.py
compares the journals of all clients with the log.
"""

from msgspec import Struct


class Said(Struct):
    """A message this client wrote; `place` counts its sends."""

    cid: str
    text: str
    place: int


class Acknowledged(Struct, frozen=True):
    """The server's word that a message is stored."""

    cid: str
    conversation: str
    seq: int


class Shown(Struct, frozen=True, gc=False):
    """One event as it was shown; `cid` and `text` are empty where the kind has none."""

    seq: int
    prev: int
    kind: str
    cid: str = ""
    text: str = ""


class Journal(Struct):
    """`who` is the visitor's or agent's id once the server has said it; `staff` tells the audience."""

    staff: bool
    who: str = ""
    said: dict[str, Said] = {}
    acks: list[Acknowledged] = []
    refused: list[tuple[str, str]] = []
    shown: dict[str, list[Shown]] = {}
    gaps: list[tuple[str, int, int]] = []
    ignored: int = 0
    """Events that came again and were not shown again: resumes overlap."""
    holes: int = 0
    """Events that did not continue the chain and made the client ask for what lies between."""
    closes: list[int] = []
