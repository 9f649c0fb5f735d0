"""How the pieces of a flow are said to people: events, actions, durations, what sets a transition off.

`kefu explain` and the pictures of `kefu graph` use the same words, so that one can be read beside the other.  Guards are
always shown as the operator wrote them.
"""

import json
from collections.abc import Sequence

from appliance.config.spec import Action, Transition
from appliance.config.vocabulary import ACTION_NAMES, EVENT_NAMES, canonical_variable
from appliance.errors import Language, Text
from appliance.flow.guard_parse import Binary, Name, Node, parse
from appliance.flow.guard_tokens import GuardSyntaxError
from appliance.model import Value

CLOCK = "◷"
"""Stands before the length of a timer.  The stopwatch of the emoji would be missing from most fonts of a server."""

AT_ONCE = Text("立即", "at once")
"""What sets off an `always`: nothing but being there."""


def event_word(event: str, language: Language) -> str:
    """Return a canonical event in the reader's language; custom.* and done.* are their own names."""
    word = EVENT_NAMES.get(event)
    if word is None:
        return event
    return word.zh if language == "zh" else word.name


def action_word(action: Action, language: Language) -> str:
    """Return an action with its arguments; the main one stands alone, as in the file."""
    word = ACTION_NAMES[action.name]
    said = [word.zh if language == "zh" else word.name]
    for name, value in action.args.items():
        shown = _value(value)
        if language == "zh" and name == "who":
            shown = "客服"
        said.append(shown if name == word.main else f"{name}={shown}")
    return " ".join(said)


def action_words(actions: Sequence[Action], language: Language) -> str:
    """Return several actions in their order, "" for none."""
    return Text("、", ", ").say(language).join(action_word(action, language) for action in actions)


def condition(transitions: Sequence[Transition], number: int, language: Language) -> str:
    """Return when the alternative `number` is taken, "" for always; the words before a guard say that others come first."""
    guard = transitions[number].when
    if number == 0:
        return guard.source if guard else ""
    otherwise = Text("否则", "else").say(language)
    return f"{otherwise} {guard.source}" if guard else otherwise


def asks_for_vip(transition: Transition) -> bool:
    """Whether only VIPs go this way: `vip` is one of the things that the guard demands."""
    if transition.when is None:
        return False
    try:
        return _demands_vip(parse(transition.when.source))
    except GuardSyntaxError:
        return False


def _demands_vip(node: Node) -> bool:
    if isinstance(node, Binary):
        return node.sign == "&&" and (_demands_vip(node.left) or _demands_vip(node.right))
    return isinstance(node, Name) and canonical_variable(node.name) == "vip"


def _value(value: Value) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
