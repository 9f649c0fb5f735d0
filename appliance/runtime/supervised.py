"""Tasks that belong to somebody: none outlives the appliance, and none of them can take it down.

A plain TaskGroup ends everything when one task fails.  That is right for parts that need each other, and wrong for the
work of one conversation: there a failure is logged, loudly, and the others go on.
"""

import asyncio
import contextvars
import logging
from collections.abc import Coroutine, Generator
from types import TracebackType
from typing import Any, TypeVar, cast

T = TypeVar("T")

_log = logging.getLogger("kefu.tasks")


class Supervised(asyncio.TaskGroup):
    """A TaskGroup whose tasks may fail one by one."""

    def create_task(
        self,
        coro: Generator[Any, None, T] | Coroutine[Any, Any, T],
        *,
        name: str | None = None,
        context: contextvars.Context | None = None,
    ) -> asyncio.Task[T]:
        """Start `coro`; an error in it is logged with its trace, and its task then ends with None."""
        guarded = cast(Coroutine[Any, Any, T], _guarded(coro, name or "task"))
        return super().create_task(guarded, name=name, context=context)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for all tasks.  An error of the body comes out as itself: a port in use is not a group of errors."""
        try:
            await super().__aexit__(kind, error, trace)
        except BaseExceptionGroup as group:
            if error is not None and group.exceptions == (error,):
                raise error from None
            raise


async def _guarded(coro: Generator[Any, None, T] | Coroutine[Any, Any, T], name: str) -> T | None:
    try:
        return await cast(Coroutine[Any, Any, T], coro)
    except Exception:
        _log.exception("a task failed", extra={"task": name})
        return None
