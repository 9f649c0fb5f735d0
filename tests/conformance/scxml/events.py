"""Events as a document sees them, and how the descriptors of transitions match their names."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from appliance.flow.states import Transition

PROCESSOR = "http://www.w3.org/TR/scxml/#SCXMLEventProcessor"


class Absent:
    """The value of what is not there: ECMAScript's undefined, Python's None."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()


@dataclass(frozen=True)
class Event:
    """`data` is portable: Python's values, XML elements, ABSENT; each session makes its own value of it."""

    name: str
    type: str = "external"
    data: Any = ABSENT
    sendid: str | None = None
    origin: str | None = None
    origintype: str | None = None
    invokeid: str | None = None


class Named(str):
    """The name of an event, for the core, which knows events by nothing else; `event` is the whole of it."""

    __slots__ = ("event",)

    event: Event

    def __new__(cls, event: Event) -> "Named":
        made = super().__new__(cls, event.name)
        made.event = event
        return made


def matches(descriptor: str, name: str) -> bool:
    """Whether a descriptor names this event or a prefix of it, token by token."""
    if descriptor == "*":
        return True
    prefix = descriptor.removesuffix("*").removesuffix(".")
    return name == prefix or name.startswith(f"{prefix}.")


class Listeners(Mapping[str, tuple[Transition, ...]]):
    """What a state has for an event: every transition with a descriptor that matches, in document order."""

    def __init__(self, transitions: tuple[tuple[tuple[str, ...], Transition], ...]) -> None:
        self._transitions = transitions

    def __getitem__(self, name: str) -> tuple[Transition, ...]:
        return tuple(
            each for descriptors, each in self._transitions if any(matches(one, name) for one in descriptors)
        )

    def get(self, name: str, default: Any = ()) -> Any:
        """Return the transitions; for an event nobody listens to, none."""
        return self[name] or default

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({one for descriptors, _ in self._transitions for one in descriptors}))

    def __len__(self) -> int:
        return len(set(self))
