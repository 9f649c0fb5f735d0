"""The bytes of profile.proto (github.com/google/pprof), gzipped: written for `go tool pprof`, read back for our own pages.

string_table[0] is empty, ids are unique and never 0, and a stack begins with its innermost frame, as the format demands.
"""

import gzip
import zlib
from collections.abc import Iterator
from io import BytesIO

from appliance.telemetry.profiling.profile import Frame, Profile, Sample

PROGRAM = "kefu"
LARGEST = 64 * 1024 * 1024
"""Bytes of an unpacked profile that is read back: our own are far smaller."""


def encode(profile: Profile) -> bytes:
    """Return the profile as pprof reads it."""
    return gzip.compress(_Writer().written(profile), 6, mtime=0)


class _Writer:
    """Collects strings, functions and locations on their first use."""

    def __init__(self) -> None:
        self._strings: dict[str, int] = {"": 0}
        self._functions: dict[tuple[str, str, int], int] = {}
        self._locations: dict[Frame, int] = {}
        self._tables = bytearray()

    def written(self, profile: Profile) -> bytes:
        out = bytearray()
        for kind in profile.types:
            out += _field(1, self._value_type(*kind))
        for sample in profile.samples:
            body = _packed(1, [self._location(frame) for frame in sample.stack]) + _packed(2, sample.values)
            for key, text in sample.labels:
                body += _field(3, _number(1, self._text(key)) + _number(2, self._text(text)))
            out += _field(2, body)
        # The one mapping says that names, files and lines are here already: pprof then looks for no binary.
        out += _field(
            3, _number(1, 1) + _number(5, self._text(PROGRAM)) + b"".join(_number(n, 1) for n in (7, 8, 9))
        )
        out += self._tables
        out += _number(9, int(profile.at * 1e9)) + _number(10, int(profile.seconds * 1e9))
        if profile.period:
            out += _field(11, self._value_type(*profile.period_type)) + _number(12, profile.period)
        for comment in profile.comments:
            out += _number(13, self._text(comment))
        out += _number(14, self._text(profile.types[-1][0]))
        for text in self._strings:
            out += _field(6, text.encode("utf-8", "replace"))
        return bytes(out)

    def _text(self, text: str) -> int:
        return self._strings.setdefault(text, len(self._strings))

    def _value_type(self, name: str, unit: str) -> bytes:
        return _number(1, self._text(name)) + _number(2, self._text(unit))

    def _location(self, frame: Frame) -> int:
        known = self._locations.get(frame)
        if known is None:
            known = self._locations[frame] = len(self._locations) + 1
            line = _number(1, self._function(frame)) + _number(2, frame.line)
            self._tables += _field(4, _number(1, known) + _number(2, 1) + _field(4, line))
        return known

    def _function(self, frame: Frame) -> int:
        key = (frame.name, frame.file, frame.first)
        known = self._functions.get(key)
        if known is None:
            known = self._functions[key] = len(self._functions) + 1
            name = self._text(frame.name)
            body = _number(1, known) + _number(2, name) + _number(3, name)
            self._tables += _field(5, body + _number(4, self._text(frame.file)) + _number(5, frame.first))
        return known


def _varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _field(field: int, body: bytes | bytearray) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(body)) + bytes(body)


def _packed(field: int, values: list[int] | tuple[int, ...]) -> bytes:
    return _field(field, b"".join(map(_varint, values)))


# ---- reading back what was stored


def decode(data: bytes) -> Profile:
    """Return a profile that `encode` wrote; raises ValueError for other bytes."""
    try:
        with gzip.GzipFile(fileobj=BytesIO(data)) as file:
            body = file.read(LARGEST + 1)
        if len(body) > LARGEST:
            raise ValueError("no profile of ours: it is too large")
        profile = _read(body)
    except (OSError, EOFError, IndexError, KeyError, UnicodeDecodeError, TypeError, zlib.error) as wrong:
        raise ValueError(f"no profile: {wrong}") from wrong
    if not profile.types:
        raise ValueError("no profile: it does not say of what")
    return profile


Value = int | bytes


def _read(body: bytes) -> Profile:
    fields = list(_fields(body))
    strings = [_bytes(value).decode() for field, value in fields if field == 6]

    def kind(value: Value) -> tuple[str, str]:
        found = dict(_fields(_bytes(value)))
        return strings[_int(found.get(1, 0))], strings[_int(found.get(2, 0))]

    one = dict(fields)
    functions = {_int(row[1]): row for row in (dict(_fields(_bytes(v))) for f, v in fields if f == 5)}
    frames: dict[int, Frame] = {}
    for row in (dict(_fields(_bytes(v))) for f, v in fields if f == 4):
        line = dict(_fields(_bytes(row[4])))
        function = functions[_int(line[1])]
        name, file = strings[_int(function[2])], strings[_int(function[4])]
        frames[_int(row[1])] = Frame(name, file, _int(line[2]), _int(function[5]))
    return Profile(
        tuple(kind(value) for field, value in fields if field == 1),
        [_sample(_bytes(value), frames, strings) for field, value in fields if field == 2],
        _int(one.get(9, 0)) / 1e9,
        _int(one.get(10, 0)) / 1e9,
        kind(one[11]) if 11 in one else ("", ""),
        _int(one.get(12, 0)),
        tuple(strings[_int(value)] for field, value in fields if field == 13),
    )


def _sample(body: bytes, frames: dict[int, Frame], strings: list[str]) -> Sample:
    stack: list[Frame] = []
    values: list[int] = []
    labels: list[tuple[str, str]] = []
    for field, value in _fields(body):
        if field == 1:
            stack += [frames[number] for number in _numbers(_bytes(value))]
        elif field == 2:
            values += _numbers(_bytes(value))
        elif field == 3:
            label = dict(_fields(_bytes(value)))
            labels.append((strings[_int(label[1])], strings[_int(label[2])]))
    return Sample(tuple(stack), tuple(values), tuple(labels))


def _int(value: Value) -> int:
    if isinstance(value, bytes):
        raise TypeError("a text where a number is expected")
    return value


def _bytes(value: Value) -> bytes:
    if isinstance(value, int):
        raise TypeError("a number where bytes are expected")
    return value


def _fields(body: bytes) -> Iterator[tuple[int, Value]]:
    at = 0
    while at < len(body):
        head, at = _varint_at(body, at)
        if head & 7 == 0:
            value, at = _varint_at(body, at)
            yield head >> 3, value
        elif head & 7 == 2:
            size, at = _varint_at(body, at)
            if at + size > len(body):
                raise IndexError("it ends in the middle of a field")
            yield head >> 3, body[at : at + size]
            at += size
        else:
            raise TypeError(f"wire type {head & 7}")


def _varint_at(body: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = body[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return (value - (1 << 64) if value >> 63 else value), at
        shift += 7


def _numbers(body: bytes) -> list[int]:
    found: list[int] = []
    at = 0
    while at < len(body):
        value, at = _varint_at(body, at)
        found.append(value)
    return found
