"""What comes for a peer while it is found out who he is: it is kept, and given to him after the welcome."""

from collections.abc import Callable, Mapping

MOST_EARLY = 256

EarlyCall = Callable[[Mapping[str, int]], None]
"""Is given the heads that events told of meanwhile, by conversation."""


class Early:
    """Exists only while a session is being admitted."""

    __slots__ = ("_calls", "heads")

    def __init__(self) -> None:
        self._calls: list[EarlyCall] = []
        self.heads: dict[str, int] = {}

    def keep(self, call: EarlyCall) -> bool:
        """Keep `call` for later; return False when there is too much already."""
        if len(self._calls) >= MOST_EARLY:
            return False
        self._calls.append(call)
        return True

    def deliver(self) -> None:
        """Make the calls, in the order in which they came."""
        for call in self._calls:
            call(self.heads)
