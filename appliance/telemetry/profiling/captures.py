"""Captures that are kept on the disk: a bounded number of them, for the operator's eyes only, each with why it was taken.

A profile holds names of functions and files, no message and no token.  When a tier of the overload ladder rises, a short one is taken by
itself: what the machine was busy with at that moment is what everybody asks afterwards.
"""

import asyncio
import itertools
import logging
import os
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from appliance.errors import Refused, Text
from appliance.overload import Change
from appliance.telemetry.profiling.profile import Profile
from appliance.telemetry.profiling.profiler import Profiler
from appliance.telemetry.profiling.protobuf import decode, encode

FOLDER = "captures"
MOST = 40
MOST_BYTES = 64 * 1024 * 1024
AT_RISE = 5.0
"""Seconds of the capture that is taken when a tier rises."""

REST = 600.0
"""Seconds after it in which no other is taken by itself: looking costs, and there is little to spare then."""

Spawn = Callable[[Coroutine[Any, Any, object], str], object]

_log = logging.getLogger("kefu.profiling")
_NOTHING = Refused(
    "not_found", Text("没有这份采样。", "There is no such capture."), Text("见 /panel。", "See /panel.")
)


class Capture(Struct, frozen=True):
    """What is known of a capture: when it was begun (Unix ms), what it is of, how long it took (s), why.

    `cause` is "operator", or "overload" with the tier that rose, the load and what caused it.
    """

    id: str
    at: int
    kind: str
    seconds: float
    bytes: int
    cause: str = "operator"
    tier: int | None = None
    load: float | None = None
    component: str = ""


class Captures:
    """The captures below `directory`.  `spawn` runs a coroutine that nobody waits for."""

    def __init__(
        self,
        directory: Path,
        profiler: Profiler,
        spawn: Spawn,
        now: Callable[[], float] = time.monotonic,
        most: int = MOST,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._folder = directory / FOLDER
        self._profiler = profiler
        self._spawn = spawn
        self._now = now
        self._most = most
        self._most_bytes = most_bytes
        self._number = itertools.count(1)
        self._next_rise = 0.0
        self._known: dict[str, Capture] = {capture.id: capture for capture in _stored(self._folder)}

    def all(self) -> list[Capture]:
        """Return all captures, the newest first."""
        return sorted(self._known.values(), key=lambda capture: (capture.at, capture.id), reverse=True)

    def data(self, name: str) -> bytes:
        """Return the bytes of a capture; raises Refused when there is none of this name."""
        # Only a name that is known becomes a path.
        if name not in self._known:
            raise _NOTHING
        try:
            return self._path(name).read_bytes()
        except OSError as gone:
            self._known.pop(name, None)
            raise _NOTHING from gone

    def profile(self, name: str) -> Profile:
        """Return a capture; raises Refused when there is none, or it was damaged."""
        try:
            return decode(self.data(name))
        except ValueError as wrong:
            broken = Text(f"采样 {name} 已损坏。", f"The capture {name} is damaged.")
            raise Refused("not_found", broken) from wrong

    def remove(self, name: str) -> None:
        """Delete a capture; raises Refused when there is none."""
        if self._known.pop(name, None) is None:
            raise _NOTHING
        self._delete(name)

    async def take(self, kind: str, seconds: float, change: Change | None = None) -> Capture:
        """Take a capture and keep it; raises Refused as Profiler.take does."""
        at = time.time_ns() // 1_000_000
        profile = await self._profiler.take(kind, seconds)
        data = await asyncio.to_thread(encode, profile)
        stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(at / 1000))
        capture = Capture(
            f"{stamp}-{next(self._number)}-{kind}", at, kind, round(profile.seconds, 2), len(data)
        )
        if change is not None:
            capture = msgspec.structs.replace(
                capture,
                cause="overload",
                tier=change.after,
                load=round(change.load, 3),
                component=change.cause,
            )
        try:
            await asyncio.to_thread(self._write, capture, data)
        except OSError as wrong:
            raise Refused(
                "unavailable",
                Text(
                    f"采样写不到 {self._folder}：{wrong.strerror}。",
                    f"The capture cannot be written to {self._folder}: {wrong.strerror}.",
                ),
            ) from wrong
        self._known[capture.id] = capture
        self._make_room()
        return capture

    def tier_rose(self, change: Change) -> None:
        """Take a short CPU capture when `change` goes up, unless one was taken by itself a short while ago."""
        if change.after <= change.before or self._now() < self._next_rise:
            return
        self._next_rise = self._now() + REST
        self._spawn(self._at_rise(change), "capture")

    async def _at_rise(self, change: Change) -> None:
        try:
            capture = await self.take("cpu", AT_RISE, change)
        except Refused as refused:
            _log.info("no capture of a rise", extra={"tier": change.after, "cause": refused})
        else:
            _log.info("a rise is captured", extra={"capture": capture.id, "tier": change.after})

    # ---- on the disk

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.pb.gz"

    def _write(self, capture: Capture, data: bytes) -> None:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        _private(self._path(capture.id), data)
        _private(self._folder / f"{capture.id}.json", msgspec.json.encode(capture))

    def _make_room(self) -> None:
        kept = self.all()
        while len(kept) > self._most or (
            len(kept) > 1 and sum(each.bytes for each in kept) > self._most_bytes
        ):
            oldest = kept.pop()
            del self._known[oldest.id]
            self._delete(oldest.id)

    def _delete(self, name: str) -> None:
        for path in (self._path(name), self._folder / f"{name}.json"):
            path.unlink(missing_ok=True)


def _private(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)


def _stored(folder: Path) -> list[Capture]:
    """Return what an earlier run left; what is half or strange is left out."""
    found: list[Capture] = []
    for path in sorted(folder.glob("*.json")):
        try:
            capture = msgspec.json.decode(path.read_bytes(), type=Capture)
        except (OSError, msgspec.MsgspecError, UnicodeError):
            continue
        if capture.id == path.stem and (folder / f"{capture.id}.pb.gz").is_file():
            found.append(capture)
    return found
