"""The conversation as whoever tells facts may see it: in the middle of a step.

A text said on agent.accept names the agent who has just accepted, so what is read from outside is read with the state of that
moment, not with the one before the step.
"""

from typing import Protocol

from appliance.model import Held, Millis, Visitor, Waiting


class Scope(Protocol):
    """What of a Turn concerns those who tell facts."""

    @property
    def visitor(self) -> Visitor: ...  # the names are those of model.Snapshot, explained there
    @property
    def opened_at(self) -> Millis: ...
    @property
    def waiting(self) -> Waiting | None: ...
    @property
    def held(self) -> Held | None: ...
    @property
    def menu(self) -> str: ...
    @property
    def served(self) -> bool: ...
    @property
    def tags(self) -> tuple[str, ...]: ...
    @property
    def priority(self) -> int: ...
    @property
    def transfers(self) -> int: ...
    def is_vip(self) -> bool: ...
    def likely_queue(self) -> str: ...  # the queue it is in, else the one its rules would choose now
