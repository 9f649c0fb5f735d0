"""`kefu`, broken: wherever it meets `BREAK`, something fails and quotes what it was given, as errors in Python do.

Run as a module (`-m tests.end_to_end.leaky run ...`).  Its stdout goes to the file that LEAKY_STDOUT names: what is printed for
the person who starts it is no log.
"""

import asyncio
import os
import sys
import threading
from collections.abc import Sequence
from typing import Any

from appliance import effects
from appliance.cli import main
from appliance.delivery.commands import Command
from appliance.delivery.session import Session
from appliance.errors import StoreError, Text
from appliance.http.access import Access
from appliance.http.staff import NewAgent, Staff
from appliance.runtime.perform import Performer

BREAK = "brk"

_receive, _add, _sign_in, _perform = Session.receive, Staff.add, Access.sign_in, Performer.perform


def receive(self: Session, data: bytes | bytearray | str, now: int) -> Sequence[Command]:
    """Fail on the frame, naming it."""
    if BREAK.encode() in bytes(data if not isinstance(data, str) else data.encode()):
        raise ValueError(f"cannot take {bytes(data)!r}")  # type: ignore[arg-type]  # never a str here
    return _receive(self, data, now)


def _fails(text: str) -> None:
    raise KeyError(text)


async def _fails_later(text: str) -> None:
    _fails(text)


class Reluctant:
    """Fails when it is collected."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __del__(self) -> None:
        _fails(self.text)


async def add(self: Staff, wanted: NewAgent) -> Any:
    """Fail in every way there is, each naming what was wanted."""
    if BREAK not in wanted.name:
        return await _add(self, wanted)
    loop, text = asyncio.get_running_loop(), repr(wanted)
    loop.call_soon(_fails, text)
    task = loop.create_task(_fails_later(text), name="lost")
    await asyncio.wait([task])
    del task
    thread = threading.Thread(target=_fails, args=(text,), name="broken")
    thread.start()
    thread.join()
    Reluctant(text)
    try:
        _fails(text)
    except KeyError as error:
        error.add_note(text)
        raise ExceptionGroup(text, [RuntimeError(text), error]) from error


async def sign_in(self: Access, login: str, password: str, address: str) -> Any:
    """Fail as a store that is full, because of something that quotes the password."""
    if BREAK not in login:
        return await _sign_in(self, login, password, address)
    try:
        _fails(password)
    except KeyError as error:
        raise StoreError(Text("磁盘已满。", "The disk is full.")) from error


def perform(self: Performer, conversation: str, owed: list[effects.Effect]) -> None:
    """Remind an agent who is none, beside what is owed."""
    _perform(self, conversation, [*owed, effects.Remind(BREAK)] if owed else owed)


if __name__ == "__main__":
    os.dup2(os.open(os.environ["LEAKY_STDOUT"], os.O_WRONLY | os.O_CREAT, 0o600), sys.stdout.fileno())
    Session.receive = receive  # type: ignore[method-assign]
    Staff.add = add  # type: ignore[method-assign]
    Access.sign_in = sign_in  # type: ignore[method-assign]
    Performer.perform = perform  # type: ignore[method-assign]
    sys.exit(main())
