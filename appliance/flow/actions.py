"""The closed list of things a flow can do.

An action is a function over a Turn: it adds records and changes the conversation on the scratchpad, nothing else.
What reaches outside (an agent wanted, a timer, a question to the AI) is read off the finished turn by outcome.py, so
no action can forget it.  To add one: write the function here with `@action`, describe it in config/vocabulary.py, test it.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from appliance.effects import Remind
from appliance.errors import Text
from appliance.flow.turn import FlowError, Turn
from appliance.inputs import AgentTransferred, AiAnswered, VisitorRated
from appliance.model import AiTurn, Value
from appliance.records import FormAsked, Noted, RatingAsked, RatingSaved, Reminded, Said, Tagged


class Params(Struct, frozen=True, forbid_unknown_fields=True):
    """Arguments of an action, decoded strictly when kefu.yaml is loaded."""


class Registered(Struct, frozen=True):
    """An action: its tag, the class of its arguments, its function."""

    tag: str
    params: type[Params]
    run: Callable[[Turn, Any], None]


P = TypeVar("P", bound=Params)
REGISTRY: dict[str, Registered] = {}


def action(tag: str, params: type[P]) -> Callable[[Callable[[Turn, P], None]], Callable[[Turn, P], None]]:
    """Enter the decorated function into the registry under `tag`."""

    def enter(run: Callable[[Turn, P], None]) -> Callable[[Turn, P], None]:
        REGISTRY[tag] = Registered(tag, params, run)
        return run

    return enter


def bind(tag: str, arguments: dict[str, Value]) -> Callable[[Turn], None] | Text:
    """Return the action ready to run, or what is wrong with its arguments.  The tag must be registered."""
    registered = REGISTRY[tag]
    try:
        params = msgspec.convert(arguments, registered.params)
    except msgspec.ValidationError as error:
        return Text(f"动作 {tag} 的参数不对：{error}", f"wrong arguments for {tag}: {error}")
    run = registered.run
    return lambda turn: run(turn, params)


class Nothing(Params, frozen=True):
    """No arguments."""


class Say(Params, frozen=True):
    """The name of a text under `messages`."""

    message: str


@action("say", Say)
def say(turn: Turn, params: Say) -> None:
    """Send a text to the visitor.  What the template came to is a fact: replay needs no template."""
    text = turn.fact(f"message:{params.message}")
    turn.records.append(Said("system", str(text), params.message))


class Who(Params, frozen=True):
    """Whom to remind: only the agent, so far."""

    who: str = "agent"


@action("remind", Who)
def remind(turn: Turn, params: Who) -> None:
    """Remind the agent in charge; without one there is nobody to remind."""
    if turn.held is not None:
        turn.records.append(Reminded("agent"))
        turn.effects.append(Remind(turn.held.agent))


class QueueName(Params, frozen=True):
    """A queue; "" leaves the choice to the rules."""

    queue: str = ""


@action("enqueue", QueueName)
def enqueue(turn: Turn, params: QueueName) -> None:
    """Take a place in a queue; it is given up when the state that took it is left."""
    turn.enqueue(params.queue)


@action("dequeue", Nothing)
def dequeue(turn: Turn, params: Nothing) -> None:
    """Give up the place."""
    turn.dequeue()


@action("auto_assign", Nothing)
def auto_assign(turn: Turn, params: Nothing) -> None:
    """Want an agent from now on."""
    turn.ask()


@action("transfer", QueueName)
def transfer(turn: Turn, params: QueueName) -> None:
    """Move to another queue; after agent.transfer, to where the agent said, asking at once."""
    turn.enqueue(params.queue)
    if type(turn.input) is AgentTransferred:
        turn.ask()


@action("ask_ai", Nothing)
def ask_ai(turn: Turn, params: Nothing) -> None:
    """Ask the AI; an answer to an earlier question comes too late from now on."""
    turn.visit += 1
    turn.ai = AiTurn(turn.visit, turn.here)


@action("reply_ai", Nothing)
def reply_ai(turn: Turn, params: Nothing) -> None:
    """Send the AI's answer to the visitor."""
    if not isinstance(turn.input, AiAnswered):
        raise FlowError("reply_ai stands where there is no ai.answer")
    turn.records.append(Said("ai", turn.input.text))


@action("ask_rating", Nothing)
def ask_rating(turn: Turn, params: Nothing) -> None:
    """Ask for a rating.  Service has ended, so a visitor who comes back from here waits anew."""
    turn.waiting_since = None
    turn.records.append(RatingAsked())


@action("save_rating", Nothing)
def save_rating(turn: Turn, params: Nothing) -> None:
    """Keep the rating for the agent who served last in this conversation."""
    if not isinstance(turn.input, VisitorRated):
        raise FlowError("save_rating stands where there is no visitor.rated")
    agent = turn.last_agent if turn.served else ""
    turn.records.append(RatingSaved(turn.input.score, turn.input.comment, agent))


@action("offline_form", Nothing)
def offline_form(turn: Turn, params: Nothing) -> None:
    """Offer the form for an offline message; the place in the queue then comes after live visitors."""
    turn.form_asked = True
    if turn.waiting is not None and not turn.waiting.left:
        turn.waiting = msgspec.structs.replace(turn.waiting, left=True)
    turn.records.append(FormAsked())


class Assignments(Params, frozen=True):
    """New values of flow variables; a callable computes its value from the turn."""

    values: dict[str, Any]


@action("set", Assignments)
def set_variables(turn: Turn, params: Assignments) -> None:
    """Set variables of the flow.  All values are computed before the first is changed."""
    values = {
        name: _bounded(value(turn)) if callable(value) else value for name, value in params.values.items()
    }
    turn.vars = {**turn.vars, **values}


def _bounded(value: Value) -> Value:
    """Return a computed value; raises FlowError for one that would grow without end."""
    if isinstance(value, tuple):
        value = list(value)
    if isinstance(value, int | float) and not abs(value) < 1 << 53:
        raise FlowError("a variable outgrew 53 bits")
    if isinstance(value, str | list) and len(value) > 2_000:
        raise FlowError("a variable outgrew 2,000 characters")
    return value


class TagName(Params, frozen=True):
    """A tag."""

    tag: str


@action("tag", TagName)
def tag_conversation(turn: Turn, params: TagName) -> None:
    """Tag the conversation, once."""
    if params.tag not in turn.tags:
        turn.tags = (*turn.tags, params.tag)
        turn.records.append(Tagged(params.tag))


class NoteText(Params, frozen=True):
    """A text for staff."""

    text: str


@action("note", NoteText)
def note(turn: Turn, params: NoteText) -> None:
    """Leave a note that only staff see."""
    turn.records.append(Noted(params.text))


class Level(Params, frozen=True):
    """A priority, larger first."""

    level: int


@action("priority", Level)
def priority(turn: Turn, params: Level) -> None:
    """Set the conversation's priority in its queue."""
    turn.priority = params.level


@action("close", Nothing)
def close(turn: Turn, params: Nothing) -> None:
    """End the conversation when this transition is done."""
    turn.closing = True
