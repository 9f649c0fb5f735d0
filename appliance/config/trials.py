"""The operator's own tests, one line a step, with the arrow of the reference: `11s 用户发送消息 -> 分配客服`.

A step says when, what happens (or nothing, when only time passes), and which state the conversation is in then.
"""

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from appliance.config import scalars
from appliance.config.diagnostics import NOWHERE, Span, did_you_mean, quoted
from appliance.config.nodes import Entry, Mapping, Node, Scalar, Sequence
from appliance.config.reading import Reader, entries, value
from appliance.config.references import STATE, walk
from appliance.config.shape_messages import wrong_kind, wrong_type
from appliance.config.spec import Flow, Trial, TrialStep
from appliance.config.vocabulary import EVENT_NAMES, VARIABLE_NAMES, canonical_event, is_internal
from appliance.errors import Text
from appliance.model import Millis, Value

_STEP = re.compile(r"\s*(\S+)(?:\s+(.*?))?\s*(?:->|→)\s*(.*\S)\s*", re.DOTALL)
_KINDS: dict[str, tuple[type, ...]] = {
    "bool": (bool,),
    "number": (int, float),
    "string": (str,),
    "list": (list,),
}
_TYPE_NAMES = {"bool": "boolean", "number": "number", "string": "string", "list": "array"}

_RAISED = [name for name, word in EVENT_NAMES.items() if not is_internal(word.name)]


def trials(read: Reader, node: Node | None, flow: Flow | None, timezone: str) -> tuple[Trial, ...]:
    """Return `tests`; their states must be those of `flow`, the one that conversations run.

    Moments (`at`) are those of the wall clock in `timezone`.
    """
    items = node.items if isinstance(node, Sequence) else ()
    states = [state.name for state in walk(flow.states) if not state.history] if flow else []
    variables = flow.vars if flow else {}
    found = [
        _trial(read, item, f"$.tests[{number}]", states, variables, timezone)
        for number, item in enumerate(items)
        if isinstance(item, Mapping)
    ]
    seen: dict[str, Trial] = {}
    for number, trial in enumerate(found):
        if trial.name in seen:
            hint = Text("换个名字", "choose another name")
            first = seen[trial.name].at
            read.twice(
                "K321", f"$.tests[{number}].name", trial.at, Text("测试", "test"), trial.name, first, hint
            )
        elif trial.name:
            seen[trial.name] = trial
    return tuple(found)


def _trial(
    read: Reader, node: Mapping, path: str, states: list[str], variables: dict[str, Value], timezone: str
) -> Trial:
    steps = node.get("steps")
    items = steps.items if isinstance(steps, Sequence) else ()
    found: list[TrialStep] = []
    for number, item in enumerate(items):
        step = _step(read, item, f"{path}.steps[{number}]", states) if isinstance(item, Scalar) else None
        if step is None:
            continue
        if found and step.time < found[-1].time:
            message = Text("时间往回走了", "this step is earlier than the one before")
            hint = Text("时间从会话开始算，一步比一步晚", "times count from the beginning and never go back")
            read.found.error("K320", f"{path}.steps[{number}]", step.at, message, hint)
        found.append(step)
    given = dict(
        pair
        for entry in entries(node.get("given"))
        if (pair := _given(read, entry, f"{path}.given", variables))
    )
    name = node.get("name")
    begins = _moment(read, node.get("at"), f"{path}.at", timezone)
    return Trial(read.text(name), tuple(found), given, begins, name.at if name else node.at)


def _moment(read: Reader, node: Node | None, path: str, timezone: str) -> Millis | None:
    """Return the moment a test begins at, None when it names none (or none that there is: reported)."""
    text = read.text(node)
    if node is None or read.found.covers(node.at):
        return None
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(timezone))
    except ValueError:
        code, message, hint = wrong_kind("moment", text)
        read.found.error(code, path, node.at, message, hint)
        return None
    return round(moment.timestamp() * 1000)


def _step(read: Reader, node: Scalar, path: str, states: list[str]) -> TrialStep | None:
    match = _STEP.fullmatch(node.text)
    if match is None:
        if not read.found.covers(node.at):
            message = Text("看不懂这一步", "this step cannot be read")
            hint = Text("写成 11s 用户发送消息 -> 状态", "write 11s visitor.message -> state")
            read.found.error("K320", path, node.at, message, hint)
        return None
    time = scalars.duration(match[1])
    if time is None:
        code, message, hint = wrong_kind("duration", match[1])
        read.found.error(code, path, _within(node, match.start(1), match.end(1)), message, hint)
        return None
    event, text = _event(read, node, path, match)
    state_at = _within(node, match.start(3), match.end(3))
    if match[3] not in states:
        read.unknown("K301", path, state_at, STATE, match[3], states)
    return TrialStep(time, match[3], event, text, node.at, state_at)


def _event(read: Reader, node: Scalar, path: str, match: re.Match[str]) -> tuple[str, str]:
    """Return the canonical event and the text behind it, both empty when only time passes."""
    if not match[2]:
        return "", ""
    word, _, rest = match[2].partition(" ")
    event = canonical_event(word)
    if event is None or is_internal(event):
        at = _within(node, match.start(2), match.start(2) + len(word))
        name = quoted(word)
        message = Text(f"没有{name.zh}这个事件", f"there is no event {name.en}")
        read.found.error("K302", path, at, message, did_you_mean(word, _RAISED))
        return "", ""
    return event, rest.strip().strip("'\"")


def _given(read: Reader, entry: Entry, path: str, variables: dict[str, Value]) -> tuple[str, Value] | None:
    """Return the canonical variable and its value."""
    if entry.key in variables:
        return entry.key, value(entry.value)
    word = VARIABLE_NAMES.get(entry.key)
    if word is None:
        known = [*VARIABLE_NAMES, *variables]
        read.unknown("K322", path, entry.key_at, Text("变量", "variable"), entry.key, known)
        return None
    chosen = value(entry.value)
    converted = _convert(word.type, chosen)
    if converted is None:
        kind = _TYPE_NAMES.get(word.type)
        if kind:
            code, message, hint = wrong_type([kind], chosen, "")
        elif word.type == "duration":
            code, message, hint = wrong_type(["string"], chosen, "duration")
            if isinstance(chosen, str):
                code, message, hint = wrong_kind("duration", chosen)
        else:
            code, message, hint = (
                "K206",
                Text("不是百分数", "this is no percentage"),
                Text("例如 85%", "for example 85%"),
            )
        at = entry.value.at if isinstance(entry.value, Scalar) else entry.key_at
        read.found.error(code, path, at, message, hint)
        return None
    return word.name, converted


def _convert(kind: str, chosen: Any) -> Value:
    """Return the value in the units of guards, None when it is of another type."""
    if kind == "duration":
        return scalars.duration(chosen) if isinstance(chosen, str) else None
    if kind == "percent":
        return scalars.percent(chosen) if isinstance(chosen, str) else None
    if not isinstance(chosen, _KINDS[kind]) or (kind == "number" and isinstance(chosen, bool)):
        return None
    return chosen


def _within(node: Scalar, start: int, end: int) -> Span:
    at = node.inner
    if at == NOWHERE or at.line != at.end_line or at.end_column - at.column != len(node.text):
        return node.at
    return Span(at.line, at.column + start, at.line, at.column + end)
