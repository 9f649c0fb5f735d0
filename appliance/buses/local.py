"""The bus of a single process: a call.

It exists so that one process and many look the same to whoever publishes: in a cluster another bus stands here.
"""

import logging
from collections.abc import Callable

from appliance.ports import Published

logger = logging.getLogger("kefu.buses")


class LocalBus:
    """Implements ports.Bus in memory.  Loop only."""

    def __init__(self) -> None:
        self._listeners: tuple[Callable[[Published], None], ...] = ()

    def publish(self, published: Published) -> None:
        """Call every listener in the order of subscription; a failing one is logged and harms no other."""
        for listener in self._listeners:
            try:
                listener(published)
            except Exception:
                # What was missed here is made good by its readers' cursors.
                logger.exception("a listener failed", extra={"conversation": published.conversation})

    def subscribe(self, listener: Callable[[Published], None]) -> Callable[[], None]:
        """Call `listener` for everything published from now on; return the call that ends it."""
        self._listeners = (*self._listeners, listener)
        ended = False

        def unsubscribe() -> None:
            nonlocal ended
            if not ended:
                ended = True
                listeners = list(self._listeners)
                listeners.remove(listener)
                self._listeners = tuple(listeners)

        return unsubscribe
