"""The log of the appliance: one line an event, JSON for machines or a line for people.

Every call has one form: a fixed sentence and, as `extra`, the fields; so nothing is formatted for a line nobody wants.
What people write to each other and what opens a door stand in no field.  What came from strangers cannot begin a line of its
own.  Errors show their kind and the places they passed; their message only where it is the interpreter's or our own, because
the messages of others quote values.
"""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any, TextIO

from appliance.errors import KefuError
from appliance.http.trace import request_id

FORMATS = ("console", "json")
LONGEST = 500
"""Characters of a value; whoever sends more is not helped by seeing all of it here."""

_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_PLAIN_ERRORS = (
    KefuError,
    AttributeError,
    NameError,
    ImportError,
    MemoryError,
    RecursionError,
    ZeroDivisionError,
)


def fields_of(record: logging.LogRecord) -> dict[str, Any]:
    """Return what a line says, in its order: ts, level, logger, event, request, then the fields of the call."""
    when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    told: dict[str, Any] = {
        "ts": when.replace("+00:00", "Z"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "event": event_of(record),
    }
    request = request_id()
    if request:
        told["request"] = request
    for name, value in vars(record).items():
        if name not in _OWN and value is not None and value != "":
            told[name] = plain(value)
    if record.exc_info and record.exc_info[1] is not None:
        told["error"] = said(record.exc_info[1])
        told["trace"] = places(record.exc_info[1])
    return told


def event_of(record: logging.LogRecord) -> str:
    """Return the sentence; of libraries' records the first line only: asyncio's next lines quote whole objects."""
    if record.name.split(".", 1)[0] == "kefu":
        return record.getMessage()[:LONGEST]
    # Their arguments may be anything; their format is a sentence.
    return str(record.msg).split("\n", 1)[0][:LONGEST]


def plain(value: Any) -> Any:
    """Return a field's value as JSON can hold it; errors as their kind and, where harmless, their message."""
    if value is None or isinstance(value, bool | int | float):
        return value
    return (said(value) if isinstance(value, BaseException) else str(value))[:LONGEST]


def said(error: BaseException) -> str:
    """Return an error's kind, and its message where no stranger's words can stand in it."""
    if isinstance(error, OSError):
        return f"{type(error).__name__}: {error.strerror}" if error.strerror else type(error).__name__
    return f"{type(error).__name__}: {error}" if isinstance(error, _PLAIN_ERRORS) else type(error).__name__


def places(error: BaseException) -> list[str]:
    """Return where the error passed, outermost first, and what it came from: `file:line function`."""
    found = [
        f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
    ]
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return found if cause is None else [*found, f"from {said(cause)}", *places(cause)[-3:]]


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        # ASCII only: U+2028 and its like end a line for some readers.
        return json.dumps(fields_of(record), ensure_ascii=True, default=str)


class ConsoleLines(logging.Formatter):
    """One line for people: time, level, logger, sentence, name=value; an error's places indented below."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, or the lines of an error."""
        told = fields_of(record)
        trace = told.pop("trace", ())
        when = datetime.fromtimestamp(record.created).astimezone().strftime("%m-%d %H:%M:%S")
        pairs = [f"{name}={shown(told[name])}" for name in list(told)[4:]]
        head = f"{when} {record.levelname[:1]} {record.name}: {visible(told['event'])}"
        return "".join([" ".join([head, *pairs]), *(f"\n    {visible(place)}" for place in trace)])


def shown(value: Any) -> str:
    """Return a value for people: in quotes when it would not stand alone."""
    text = visible(str(value))
    return json.dumps(text, ensure_ascii=False) if not text or any(c in ' "=' for c in text) else text


def visible(text: str) -> str:
    """Return the text with everything that moves a cursor or ends a line written out."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def default_format(stream: TextIO | None) -> str:
    """Return console at a terminal, json elsewhere: journald, docker and pipes are read by programs first."""
    return "console" if stream is not None and stream.isatty() else "json"


def configure_log(level: str, form: str | None = None) -> None:
    """Log to stderr, in the form given or the stream's own (default_format); of libraries warnings only."""
    handler = logging.StreamHandler(sys.stderr)
    chosen = form or default_format(sys.stderr)
    handler.setFormatter(JsonLines() if chosen == "json" else ConsoleLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("kefu").setLevel(level.upper())
