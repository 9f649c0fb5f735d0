"""What changes from one configuration to another, and when it takes effect: what `plan` shows and a reload goes by.

Both files are spelled out as tables of short readable lines, one a setting, one a transition list; comparing is then a
comparison of texts.  Places in the file do not count, so a moved line or another comment changes nothing.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import fields

from appliance.config.diagnostics import Span
from appliance.config.hours import Hours
from appliance.config.listen import AdminListen
from appliance.config.scalars import spoken
from appliance.config.spec import (
    Action,
    Flow,
    Guarantee,
    Guard,
    Queue,
    Secret,
    Spec,
    State,
    Transition,
)
from appliance.config.vocabulary import EVENTS
from appliance.errors import Text

When = Literal["live", "new", "restart", "check"]
"""At once and for everybody; for conversations that begin from now on; only after a restart; for who checks the file only."""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MILLIS = frozenset(("after", "offer", "ageing", "presence_grace", "ping_every", "pong_within", "delay"))
_RULES = frozenset(("name", "when"))
_ZH = {word.name: word.zh for word in EVENTS}

_PARTS: dict[str, Text] = {
    "site": Text("站点", "site"),
    "listen": Text("监听地址", "listening address"),
    "hours": Text("营业时间", "opening hours"),
    "queues": Text("组", "queue"),
    "welcome": Text("欢迎", "welcome"),
    "messages": Text("话", "message"),
    "alerts": Text("提醒", "alerts"),
    "thresholds": Text("负载阈值", "thresholds"),
    "pools": Text("资源池", "pools"),
    "storage": Text("存储", "storage"),
    "limits": Text("上限", "limits"),
    "tests": Text("测试", "test"),
    "guarantee": Text("保证", "guarantee"),
    "vip": Text("谁是 VIP", "who is a VIP"),
    "flow": Text("流程", "flow"),
    "state": Text("状态", "state"),
}


class Change(Struct, frozen=True):
    """One difference.  `before` is "" for what is new, `after` "" for what is gone; `what` names the thing."""

    path: str
    when: When
    before: str
    after: str
    what: Text

    def say(self) -> Text:
        """Return the change as one line."""
        if not self.before:
            return Text(f"{self.what.zh}（新增）：{self.after}", f"{self.what.en} (new): {self.after}")
        if not self.after:
            return Text(
                f"{self.what.zh}（去掉了，原来是 {self.before}）", f"{self.what.en} (gone, was {self.before})"
            )
        return Text(
            f"{self.what.zh}：{self.before} ⇒ {self.after}", f"{self.what.en}: {self.before} ⇒ {self.after}"
        )


class _Row(Struct, frozen=True):
    when: When
    what: Text
    value: str


def changes(before: Spec, after: Spec) -> tuple[Change, ...]:
    """Return every difference, in the order of the file `after`, what is gone last."""
    old, new = dict(_rows(before)), dict(_rows(after))
    found = [
        Change(path, row.when, old[path].value if path in old else "", row.value, row.what)
        for path, row in new.items()
        if path not in old or old[path].value != row.value
    ]
    found += [Change(path, row.when, row.value, "", row.what) for path, row in old.items() if path not in new]
    return tuple(found)


def summary(found: Sequence[Change]) -> Text:
    """Return what changed, short enough for a line of the history."""
    # What concerns nobody who is served is told last.
    ordered = sorted(found, key=lambda change: change.when == "check")
    shown = [change.what for change in ordered[:3]]
    more = len(found) - len(shown)
    return Text(
        "、".join(what.zh for what in shown) + (f" 等 {len(found)} 处" if more > 0 else ""),
        ", ".join(what.en for what in shown) + (f" and {more} more" if more > 0 else ""),
    )


def _rows(spec: Spec) -> Iterator[tuple[str, _Row]]:
    for name in ("site", "welcome", "alerts", "pools", "limits"):
        yield from _settings(name, "live", getattr(spec, name))
    for name in ("listen", "storage"):
        yield from _settings(name, "restart", getattr(spec, name))
    yield from _hours("hours", _PARTS["hours"], spec.hours)
    for number, rung in enumerate(spec.thresholds, 1):
        value = (
            f"load > {rung.enter * 100:g}% {rung.action} {spoken(rung.delay) if rung.delay else ''}".strip()
        )
        yield f"thresholds.{number}", _row("live", "thresholds", str(number), value)
    for message in spec.messages.values():
        yield f"messages.{message.name}", _row("live", "messages", message.name, message.text)
    for trial in spec.tests:
        supposed = [f"given {_text(trial.given)};"] if trial.given else []
        if trial.begins is not None:
            begins = datetime.fromtimestamp(trial.begins / 1000, ZoneInfo(spec.site.timezone))
            supposed.insert(0, f"at {begins:%Y-%m-%d %H:%M};")
        steps = [f"{spoken(step.time)} {step.event} {step.text} -> {step.state}" for step in trial.steps]
        played = " ".join(" ".join([*supposed, ", ".join(steps)]).split())
        yield f"tests.{trial.name}", _row("check", "tests", trial.name, played)
    yield "vip", _Row("new", _PARTS["vip"], _text(spec.vip) or "—")
    order = " > ".join(queue.name for queue in spec.queues)
    yield "queues", _Row("new", Text("组的次序", "order of the queues"), order)
    for queue in spec.queues:
        yield from _queue(queue)
    for flow in spec.flows.values():
        yield from _flow(flow)


def _row(when: When, part: str, name: str, value: str) -> _Row:
    known = _PARTS[part]
    return _Row(when, Text(f"{known.zh} {name}", f"{known.en} {name}"), value or "—")


def _settings(section: str, when: When, record: Struct) -> Iterator[tuple[str, _Row]]:
    for field in fields(record):
        if field.name != "at":
            value = _text(getattr(record, field.name), field.name)
            yield f"{section}.{field.name}", _row(when, section, field.name, value)


def _hours(path: str, what: Text, hours: Hours) -> Iterator[tuple[str, _Row]]:
    """Yield the week as one row and every special date as another."""
    week: list[tuple[str, str, str]] = []
    for day, ranges in zip(_DAYS, hours.weekly, strict=True):
        value = _ranges(ranges)
        if week and week[-1][2] == value:
            week[-1] = (week[-1][0], day, value)
        else:
            week.append((day, day, value))
    spelled = "; ".join(
        f"{first if first == last else f'{first}-{last}'} {value}" for first, last, value in week
    )
    yield path, _Row("live", what, spelled)
    for date, ranges in hours.special.items():
        yield f"{path}.{date}", _Row("live", Text(f"{what.zh} {date}", f"{what.en} {date}"), _ranges(ranges))


def _ranges(ranges: tuple[tuple[int, int], ...]) -> str:
    def clock(minute: int) -> str:
        return "24:00" if minute == 1440 else f"{minute // 60 % 24:02}:{minute % 60:02}"

    return ", ".join(f"{clock(start)}-{clock(end)}" for start, end in ranges) or "closed"


def _queue(queue: Queue) -> Iterator[tuple[str, _Row]]:
    """Yield a queue: whom it takes goes with the bundle, how its agents are chosen is the desk's and live."""
    path = f"queues.{queue.name}"
    yield path, _row("new", "queues", queue.name, f"when {_text(queue.when)}" if queue.when else "*")
    for field in fields(queue):
        value = getattr(queue, field.name)
        if field.name in _RULES or field.name == "at":
            continue
        if isinstance(value, Hours):
            what = Text(f"组 {queue.name} 的营业时间", f"opening hours of {queue.name}")
            yield from _hours(f"{path}.hours", what, value)
        else:
            yield (
                f"{path}.{field.name}",
                _row("live", "queues", f"{queue.name} {field.name}", _text(value, field.name)),
            )


def _flow(flow: Flow) -> Iterator[tuple[str, _Row]]:
    path = f"flows.{flow.name}"
    for name in ("initial", "on_error"):
        yield f"{path}.{name}", _row("new", "flow", f"{flow.name} {name}", getattr(flow, name))
    for name, value in flow.vars.items():
        yield f"{path}.vars.{name}", _row("new", "flow", f"{flow.name} vars {name}", _text(value))
    for rule in getattr(flow, "guarantees", ()):
        yield f"{path}.guarantee.{rule.name}", _row("check", "guarantee", rule.name, _promise(rule))
    for state in flow.states:
        yield from _state(state, f"{path}.states", "")


def _state(state: State, above: str, parent: str) -> Iterator[tuple[str, _Row]]:
    path = f"{above}.{state.name}"

    def row(part: str, value: str) -> _Row:
        return _row("new", "state", f"{state.name} {part}".strip(), value)

    kinds = [kind for kind in ("final", "parallel") if getattr(state, kind)]
    kinds += [f"history {state.history}"] if state.history else []
    where = f"< {parent}" if parent else "*"
    yield path, row("", " ".join([where, *kinds]))
    if state.initial:
        yield f"{path}.initial", row("initial", state.initial)
    for handler in state.on:
        shown = _ZH.get(handler.event, handler.event)
        word = _PARTS["state"]
        yield (
            f"{path}.on.{handler.event}",
            _Row(
                "new",
                Text(f"{word.zh} {state.name} {shown}", f"{word.en} {state.name} {handler.event}"),
                _alternatives(handler.transitions),
            ),
        )
    for timer in state.after:
        yield (
            f"{path}.after.{timer.delay}",
            row(f"after {spoken(timer.delay)}", _alternatives(timer.transitions)),
        )
    if state.always:
        yield f"{path}.always", row("always", _alternatives(state.always))
    for name, actions in (("entry", state.entry), ("exit", state.exit)):
        if actions:
            yield f"{path}.{name}", row(name, _actions(actions))
    for child in state.states:
        yield from _state(child, path, state.name)


def _promise(rule: Guarantee) -> str:
    on = f"on {rule.on} " if rule.on else ""
    return f"from {rule.source} {on}reach {', '.join(rule.reach)} within {spoken(rule.within)}"


def _alternatives(transitions: tuple[Transition, ...]) -> str:
    return " | ".join(_transition(each) for each in transitions)


def _transition(transition: Transition) -> str:
    parts = [f"→ {transition.to}"] if transition.to else []
    parts += [f"[{transition.when.source}]"] if transition.when else []
    parts += [f"/ {_actions(transition.actions)}"] if transition.actions else []
    parts += ["reenter"] if transition.reenter else []
    return " ".join(parts) or "—"


def _actions(actions: tuple[Action, ...]) -> str:
    return ", ".join(
        f"{each.name} {_text(each.args)}".strip() if each.args else each.name for each in actions
    )


def _text(value: Any, name: str = "") -> str:
    """Return a value as people read it; of a secret only where it is found."""
    match value:
        case None | "" | () | []:
            return ""
        case bool():
            return "true" if value else "false"
        case Guard():
            return value.source
        case Secret():
            return f"${{{value.kind}:{value.where}}}"
        case int() if name in _MILLIS:
            return spoken(value)
        case AdminListen():
            return str(value)
        case Struct():
            parts = ((field.name, getattr(value, field.name)) for field in fields(value))
            return " ".join(
                f"{key} {_text(inner, key)}"
                for key, inner in parts
                if not isinstance(inner, Span) and inner not in ("", None, ())
            )
        case dict():
            return ", ".join(f"{key}: {_text(inner)}" for key, inner in value.items())
        case tuple() | list():
            return ", ".join(_text(each) for each in value)
        case _:
            return str(value)
