"""Errors that nobody caught go into the log like all others: Python and asyncio would print what they say, and it may quote people."""

import asyncio
import logging
import sys
import threading
from types import TracebackType
from typing import Any

_log = logging.getLogger("kefu.stray")


def catch_strays() -> None:
    """Have the errors of the process, its threads and its collector logged from now on."""

    def ended(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
        else:
            _log.critical("the process ends: nobody caught an error", exc_info=(kind, error, trace))

    def ignored(found: "sys.UnraisableHookArgs") -> None:
        _log.error("an error could not be raised", exc_info=found.exc_value)

    def thread_ended(found: "threading.ExceptHookArgs") -> None:
        name = found.thread.name if found.thread is not None else ""
        _log.error("a thread failed", exc_info=found.exc_value, extra={"task": name})

    sys.excepthook, sys.unraisablehook, threading.excepthook = ended, ignored, thread_ended


def tell_stray(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log what a loop says of a task or callback that failed (for `set_exception_handler`)."""
    task = context.get("task") or context.get("future")
    name = task.get_name() if isinstance(task, asyncio.Task) else ""
    _log.error(
        "a task or callback failed and nobody waited for it",
        exc_info=context.get("exception"),
        extra={"task": name},
    )
