"""What a conversation stays pinned to: flows, queues' rules, the definition of VIP, first values of variables.

A bundle is kept in the store as canonical JSON, so that a conversation that began under last week's file goes on by it
after a restart.  Texts, hours, limits and thresholds are not in it: they change for everybody at once.  Places in
kefu.yaml are left out as well, or moving a line would make a new bundle.
"""

import hashlib
from functools import cache
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import FieldInfo, fields, replace

from appliance.config.diagnostics import Span
from appliance.config.spec import Flow, Guard, Queue, Spec

_LANGUAGE = 1
"""The version of the flow language that the stored form is written in."""


class Bundle(Struct, frozen=True):
    """The parts of a Spec that a conversation depends on.  Of a queue only name and rule are filled in."""

    flows: dict[str, Flow]
    queues: tuple[Queue, ...]
    vip: Guard | None = None
    language: int = _LANGUAGE


def bundle_of(spec: Spec) -> Bundle:
    """Return the bundle of `spec`, places included."""
    queues = tuple(Queue(queue.name, queue.when, at=queue.at) for queue in spec.queues)
    # What an operator promises of a flow changes nothing of how it runs: a new promise makes no new bundle.
    flows = {name: replace(flow, guarantees=()) for name, flow in spec.flows.items()}
    return Bundle(flows, queues, spec.vip)


def source_of(bundle: Bundle) -> bytes:
    """Return `bundle` as canonical JSON: no places, no defaults, keys of every table in one fixed order."""
    plain = {"language": bundle.language, **_plain(bundle)}
    return msgspec.json.encode(plain, order="deterministic")


def bundle_from(source: bytes) -> Bundle:
    """Return what `source_of` wrote; raises msgspec.ValidationError when it is something else."""
    return msgspec.json.decode(source, type=Bundle)


def bundle_id(source: bytes) -> str:
    """Return the id of a bundle: 12 hexadecimal digits of the SHA-256 of its source."""
    return hashlib.sha256(source).hexdigest()[:12]


@cache
def _fields(kind: type[Struct]) -> tuple[FieldInfo, ...]:
    """A large flow asks this of the same few types ten thousand times."""
    return fields(kind)


def _plain(value: Any) -> Any:
    if isinstance(value, Struct):
        return {
            field.name: _plain(inner)
            for field in _fields(type(value))
            if not isinstance(inner := getattr(value, field.name), Span) and inner != field.default
        }
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    return value
