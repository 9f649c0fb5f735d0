"""Which variables of an event have a value where: a score comes with a rating, an AI's confidence with its answer.

Elsewhere such a variable reads as nothing at all, so a guard that asks for it there decides nothing.
"""

from collections.abc import Iterator

from appliance.config.vocabulary import CUSTOM_EVENT, EVENT_NAMES, VARIABLE_NAMES, is_internal
from appliance.errors import Text
from appliance.flow.guard_parse import Name, Node
from appliance.flow.guard_regions import parts_of
from appliance.flow.guard_tokens import Problem
from appliance.flow.guard_types import DATA

CARRIED: dict[str, tuple[str, ...]] = {
    "ai.confidence": ("ai.answer",),
    "event.text": ("visitor.message", "visitor.menu", "agent.message", "ai.answer"),
    "event.score": ("visitor.rated",),
    "event.agent": ("agent.accept", "agent.message", "agent.close", "agent.transfer", "agent.lost"),
    "event.reason": ("ai.failed",),
}
"""By variable, the events that carry it."""


def strangers(tree: Node, event: str) -> list[Problem]:
    """Return a problem (K408) for every variable in a checked `tree` that `event` does not carry.

    `event` is canonical, "after" for a timer, or "always": what is always looked at may follow any event.
    """
    if event == "always" or is_internal(event):
        return []
    return [
        Problem("K408", name.start, name.end, *_said(name.name, event))
        for name in _names(tree)
        if not _carries(event, name.name)
    ]


def _carries(event: str, variable: str) -> bool:
    if variable.startswith(DATA):
        return event.startswith(CUSTOM_EVENT)
    return variable not in CARRIED or event in CARRIED[variable]


def _names(node: Node) -> Iterator[Name]:
    if isinstance(node, Name):
        yield node
    for part in parts_of(node):
        yield from _names(part)


def _said(variable: str, event: str) -> tuple[Text, Text]:
    word = VARIABLE_NAMES.get(variable)
    called = Text(word.zh if word else variable, variable)
    known = EVENT_NAMES.get(event)
    if event == "after":
        place = Text("计时器到点时", "a timer")
    else:
        place = Text(f"事件“{known.zh if known else event}”", f"the event '{event}'")
    carriers = CARRIED.get(variable)
    if carriers is None:
        hint = Text("只有 custom.* 事件带 event.data", "only custom.* events carry event.data")
    else:
        listed = Text("、".join(EVENT_NAMES[each].zh for each in carriers), ", ".join(carriers))
        hint = Text(f"只能用在：{listed.zh}", f"use it only on: {listed.en}")
    return Text(f"{place.zh}没有“{called.zh}”", f"{place.en} carries no '{called.en}'"), hint
