"""The log: one line an event, JSON for programs or short lines for people, and never what people write to each other.

Who logs uses logging as it is: a sentence that is always the same, and everything that differs in `extra`, under the names of
`FIELDS`.  What an exception says may quote what somebody wrote, so of exceptions only the type and the places are told, and
the text only of those that this program words itself.
"""

import asyncio
import contextlib
import io
import json
import logging
import os
import re
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Literal, TextIO

from appliance.errors import Refused, StartError, StoreError

Format = Literal["console", "json"]
FORMATS: tuple[Format, ...] = ("console", "json")

OURS = "kefu"
LONGEST = 500
"""Characters of a value; nothing that we log is longer, and what strangers send need not fill a disk."""

MOST_CAUSES = 8

_STANDARD = frozenset({*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"})
_PRIORITY = {"DEBUG": 7, "INFO": 6, "WARNING": 4, "ERROR": 3, "CRITICAL": 2}
# Ends of lines, steering characters and what turns the direction of writing: none may reach a terminal or part a line.
_UNSAFE = re.compile("[\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_BARE = re.compile(r'[^\s"=\\\x00-\x1f]+')

_log = logging.getLogger("kefu.stray")
_notes = logging.getLogger("kefu.notes")


class Asked:
    """One HTTP request, for the lines that are written on its behalf.

    Tasks and timers that it starts inherit it and may outlive it; once it is `over` their lines are not its own any more.
    """

    __slots__ = ("id", "over")

    def __init__(self, request: str) -> None:
        self.id = request
        self.over = False


asked: ContextVar[Asked | None] = ContextVar("asked", default=None)
"""The request in hand."""


def fields_of(record: logging.LogRecord) -> dict[str, Any]:
    """Return the request's id, where one is in hand, and what stands in `extra`, as plain values."""
    fields: dict[str, Any] = {}
    request = asked.get()
    if request is not None and not request.over:
        fields["request"] = request.id
    for name, value in vars(record).items():
        if name not in _STANDARD:
            fields[name] = plain(value)
    return fields


def plain(value: Any) -> Any:
    """Return `value` where it can be shown as it is: exceptions are put into words, of unknown objects only the type shows."""
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return value if len(value) <= LONGEST else value[:LONGEST] + "..."
        case list() | tuple():
            return [plain(each) for each in value]
        case BaseException():
            return worded(value)
        case _:
            return type(value).__name__


def worded(error: BaseException) -> str:
    """Return what an exception says where we worded it or the system did, else its type.

    A Refused is worded by us too, but may quote the request that it refuses.
    """
    if isinstance(error, StoreError | StartError) and not isinstance(error, Refused):
        return str(error)[:LONGEST]
    if isinstance(error, OSError) and error.errno is not None:
        return f"{type(error).__name__}: {os.strerror(error.errno)}"
    return type(error).__name__


def event_of(record: logging.LogRecord) -> str:
    """Return the sentence.  Of other libraries only the first line of the template: what they fill in is unknown."""
    if record.name == OURS or record.name.startswith(OURS + "."):
        return record.getMessage()
    return str(record.msg).partition("\n")[0][:LONGEST]


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the exception, what it was raised from, and the members of groups; the latest first, and no more than a few."""
    waiting, seen = [error], 0
    while waiting and seen < MOST_CAUSES:
        each = waiting.pop(0)
        if each is None:
            continue
        seen += 1
        yield each
        if isinstance(each, BaseExceptionGroup):
            waiting.extend(each.exceptions)
        waiting.append(each.__cause__ or (None if each.__suppress_context__ else each.__context__))


def places(error: BaseException) -> list[str]:
    """Return where it passed, outermost first: "file:line function"."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def quoted(value: Any) -> str:
    """Return `value` as JSON on one line; Chinese stays readable, nothing in it steers a terminal."""
    shown = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", shown)


def _error_of(record: logging.LogRecord) -> BaseException | None:
    return record.exc_info[1] if record.exc_info else None


class JsonLines(logging.Formatter):
    """One JSON object a line: ts, level, logger, event, then the fields, then error and trace."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {
            "ts": at.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": event_of(record),
            **fields_of(record),
        }
        error = _error_of(record)
        if error is not None:
            line["error"] = worded(error)
            line["trace"] = [{"error": type(each).__name__, "places": places(each)} for each in causes(error)]
        return quoted(line)


class ConsoleLines(logging.Formatter):
    """Time, level, logger and event, the fields as name=value behind; the places of an error follow, indented.

    With `journal` the time is left to the journal, and each line begins with its priority in the way of sd-daemon(3).
    """

    def __init__(self, journal: bool = False) -> None:
        super().__init__(datefmt="%m-%d %H:%M:%S")
        self._journal = journal

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, or the lines of an error."""
        start = "" if self._journal else f"{self.formatTime(record, self.datefmt)} {record.levelname[0]} "
        event = quoted(event_of(record))[1:-1].replace('\\"', '"')
        words = [f"{start}{record.name}: {event}"]
        words += [f"{name}={_word(value)}" for name, value in fields_of(record).items()]
        lines = [" ".join(words)]
        error = _error_of(record)
        if error is not None:
            lines.append("    Traceback (what exceptions say is left out: it may quote what people wrote)")
            for each in causes(error):
                lines.append(f"    {type(each).__name__}")
                lines += [f"        {place}" for place in places(each)]
        before = f"<{_PRIORITY.get(record.levelname, 6)}>" if self._journal else ""
        return "\n".join(before + line for line in lines)


def _word(value: Any) -> str:
    if isinstance(value, str) and _BARE.fullmatch(value) and not _UNSAFE.search(value):
        return value
    return quoted(value)


class Lines(logging.StreamHandler[TextIO]):
    """Writes lines; one that cannot be written is lost, rather than shown with all that it was made of."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name is logging's
        """Say that a line is lost, where that can be said."""
        if isinstance(sys.exc_info()[1], OSError):
            return
        # There is no stream at all where stderr was closed when the process began.
        with contextlib.suppress(OSError, ValueError, AttributeError):
            self.stream.write(f"a log line could not be made: {record.pathname}:{record.lineno}\n")


class Notes(io.TextIOBase):
    """Takes what is said to people on stderr into the log, where programs read it and every line must be JSON."""

    def write(self, text: str) -> int:
        """Log it."""
        if text.strip():
            _notes.info("a note for people", extra={"note": text.strip()})
        return len(text)


def to_journal(stream: TextIO | None, environment: Mapping[str, str]) -> bool:
    """Return whether `stream` is what systemd connected to its journal (systemd.exec(5), JOURNAL_STREAM)."""
    if stream is None:
        return False
    try:
        found = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return False
    return environment.get("JOURNAL_STREAM") == f"{found.st_dev}:{found.st_ino}"


def configure_log(level: str, form: Format = "console", stream: TextIO | None = None) -> None:
    """Log to `stream` (stderr): our own lines from `level` on, of libraries only warnings.

    Where stderr was closed when the process began, nothing is logged.
    """
    stream = stream or sys.stderr
    handler = Lines(stream)
    handler.setFormatter(
        JsonLines() if form == "json" else ConsoleLines(journal=to_journal(stream, os.environ))
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(OURS).setLevel(level.upper())


def catch_strays() -> None:
    """Have errors that nobody caught logged like all others: Python prints what they say."""

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
    """Log what a loop has to say of a task or callback that failed (for `set_exception_handler`); asyncio would show values."""
    task = context.get("task") or context.get("future")
    name = task.get_name() if isinstance(task, asyncio.Task) else ""
    _log.error(
        "a task or callback failed and nobody waited for it",
        exc_info=context.get("exception"),
        extra={"task": name},
    )
