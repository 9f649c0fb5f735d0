"""One customer-service flow and one list of events, as data: every library is given a translation of exactly this.

It uses what all of them have: hierarchy, events with alternatives, guards over the context and over the event, actions on
entry and on transitions, transitions that an outer state has for all within.  Timers and `always` are left out, since not
every library has them.  The events lead back to where they began, so nobody needs to be made anew for another round.
"""

from collections.abc import Iterator
from typing import Literal, Protocol

from msgspec import Struct

Constant = bool | float | str


class Guard(Struct, frozen=True):
    """A comparison: `subject` is a name of the context ("level") or, after a dot, of the event (".score")."""

    subject: str
    operator: Literal["==", ">=", "<"]
    constant: Constant


class Way(Struct, frozen=True):
    """One alternative: the first whose guard holds is taken."""

    to: str
    when: Guard | None = None
    action: str = ""


class State(Struct, frozen=True):
    """A state; `initial` is the child entered by default."""

    name: str
    on: dict[str, tuple[Way, ...]] = {}
    initial: str = ""
    states: tuple["State", ...] = ()
    entry: str = ""
    final: bool = False


class Event(Struct, frozen=True):
    """Something that happens, with what guards may read of it."""

    name: str
    data: dict[str, Constant] = {}


class Rival(Protocol):
    """A library that runs the definition.  `name` says which, and in which version."""

    name: str

    def trace(self) -> list[str]:
        """Run all events once; return the innermost state before the first and after each."""

    def run(self, rounds: int) -> int:
        """Run all events `rounds` times, from where they began to there again; return the nanoseconds it took."""


CONTEXT: dict[str, Constant] = {"open": True, "level": 1, "channel": "web"}
"""What guards know of desk and visitor."""

_RATED = (Way("complaint", Guard(".score", "<", 3), "save_rating"), Way("thanked", action="save_rating"))

TOP = (
    State(
        "reception",
        {"visitor_close": (Way("done"),)},
        initial="entrance",
        states=(
            State(
                "entrance",
                {
                    "visitor_message": (
                        Way("message_left", Guard("open", "==", False)),
                        Way("assigning", Guard("level", ">=", 3), "auto_assign"),
                        Way("assistant", Guard("channel", "==", "web")),
                        Way("queue"),
                    )
                },
            ),
            State(
                "assistant",
                {
                    "visitor_message": (Way("assistant"),),
                    "ai_answer": (
                        Way("answered", Guard(".confidence", ">=", 0.6), "reply_ai"),
                        Way("queue"),
                    ),
                    "ai_failed": (Way("queue"),),
                    "visitor_ask_human": (Way("queue"),),
                },
                entry="ask_ai",
            ),
            State(
                "answered",
                {
                    "visitor_message": (Way("assistant"),),
                    "visitor_ask_human": (Way("queue"),),
                    "visitor_close": (Way("rating"),),
                },
            ),
            State(
                "queue",
                initial="waiting",
                entry="enqueue",
                states=(
                    State("waiting", {"visitor_message": (Way("assigning", action="auto_assign"),)}),
                    State("assigning", {"agent_accept": (Way("service"),)}),
                ),
            ),
            State(
                "service",
                {
                    "visitor_close": (Way("rating"),),
                    "agent_close": (Way("rating"),),
                    "agent_transfer": (Way("assigning", action="auto_assign"),),
                    "agent_lost": (Way("assigning", action="auto_assign"),),
                },
                initial="agents_turn",
                states=(
                    State("agents_turn", {"agent_message": (Way("visitors_turn"),)}),
                    State("visitors_turn", {"visitor_message": (Way("agents_turn"),)}),
                ),
            ),
        ),
    ),
    State(
        "message_left",
        {"agent_accept": (Way("service"),), "agent_close": (Way("done"),)},
        entry="offline_form",
    ),
    State(
        "after_service",
        {"visitor_message": (Way("entrance"),), "visitor_close": (Way("done"),)},
        initial="rating",
        states=(
            State("rating", {"visitor_rated": _RATED}, entry="ask_rating"),
            State("complaint", {"visitor_message": (Way("assigning", action="auto_assign"),)}),
            State("thanked"),
        ),
    ),
    State("done", final=True),
)

_TALK = (Event("agent_message"), Event("visitor_message"))

EVENTS = (
    Event("visitor_message"),  # the assistant is asked
    Event("ai_answer", {"confidence": 0.9}),
    Event("visitor_message"),
    Event("visitor_message"),  # another question before the answer
    Event("ai_answer", {"confidence": 0.4}),  # handed to a human
    Event("visitor_message"),
    Event("agent_accept"),
    *_TALK * 4,
    Event("agent_transfer"),
    Event("agent_accept"),
    *_TALK * 3,
    Event("agent_message"),
    Event("agent_close"),
    Event("visitor_rated", {"score": 2}),
    Event("visitor_message"),  # a complaint goes to an agent at once
    Event("agent_accept"),
    *_TALK * 2,
    Event("visitor_close"),
    Event("visitor_rated", {"score": 5}),
    Event("visitor_message"),  # and one more question
)


def states(of: tuple[State, ...] = TOP) -> Iterator[State]:
    """Return all states, outer ones first."""
    for state in of:
        yield state
        yield from states(state.states)


PATHS: dict[str, tuple[str, ...]] = {}
"""By the name of each state: the names from the outermost state down to it."""


def _name_paths(of: tuple[State, ...], above: tuple[str, ...] = ()) -> None:
    for state in of:
        PATHS[state.name] = (*above, state.name)
        _name_paths(state.states, PATHS[state.name])


_name_paths(TOP)
