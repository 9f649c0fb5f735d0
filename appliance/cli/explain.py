"""`kefu explain STATE`: what each event does in this state, what is inherited, what is ignored, how one comes and goes."""

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from appliance.cli.console import FINDING, FINE, Console, UsageError, read_bytes
from appliance.cli.options import config_option
from appliance.cli.table import aligned
from appliance.config.diagnostics import nearest
from appliance.config.load import load_bytes
from appliance.config.references import walk
from appliance.config.spec import Flow
from appliance.errors import Language, Text
from appliance.flow.explain import Explained, Way, explain
from appliance.flow.wording import action_words, condition, event_word

Row = tuple[str, str, str]
"""What sets it off, what happens, whose it is."""


def command(arguments: Sequence[str], console: Console) -> int:
    """Explain a state, or list all of them; 1 when the file cannot be read, 2 when there is no such state."""
    parser = console.parser(
        "explain", Text("说明一个状态：每个事件做什么。", "Explain a state: what each event does.")
    )
    parser.word(
        "state",
        "状态名；不写就列出所有状态",
        "the state; without it all are listed",
        nargs="*",
        metavar="STATE",
    )
    config_option(parser)
    given = parser.parse_args(arguments)
    # Names of two words need no quotes.
    wanted = " ".join(given.state)
    spec, found = load_bytes(read_bytes(given.config), os.path.relpath(given.config))
    if spec is None:
        console.note(found.render(console.language).rstrip("\n"))
        return FINDING
    if not wanted:
        names = [state.name for state in walk(spec.main.states)]
        console.show("\n".join(_overview(spec.main)), {"states": names})
        return FINE
    explained = explain(spec.main, wanted)
    if explained is None:
        near = nearest(wanted, [state.name for state in walk(spec.main.states)])
        raise UsageError(
            Text(f"没有状态“{wanted}”。", f"There is no state {wanted!r}."),
            Text(f"是不是“{near}”？", f"Did you mean {near!r}?")
            if near
            else Text("kefu explain 列出所有状态。", "kefu explain lists all states."),
        )
    console.show("\n".join(lines(explained, console)), plain(explained))
    return FINE


def _overview(flow: Flow) -> Iterator[str]:
    for state in walk(flow.states):
        found = explain(flow, state.name)
        depth = len(found.around) if found else 0
        kind = f"  ({found.kind})" if found and found.kind else ""
        yield f"{'  ' * depth}{state.name}{kind}"


def lines(found: Explained, console: Console) -> Iterator[str]:
    """Yield what people read."""
    language, text = console.language, console.text
    comma = text("、", ", ")
    where = " < ".join((found.name, *found.around))
    yield where + (f"  ({found.kind})" if found.kind else "")
    if found.children:
        first = f"{text('，先进入 ', ', first ')}{found.initial}" if found.initial else ""
        yield f"  {text('子状态', 'children')} {comma.join(found.children)}{first}"
    if found.regions:
        yield f"  {text('同时生效', 'runs beside')} {comma.join(found.regions)}"
    for name, actions in ((text("进入时", "on entry"), found.entry), (text("离开时", "on exit"), found.exit)):
        if actions:
            yield f"  {name} {action_words(actions, language)}"
    sections: list[tuple[str, list[Row]]] = [
        (
            text("事件", "events"),
            [row for ways in found.heard.values() for row in _rows(ways, found, language)],
        ),
        (
            text("计时（从进入那个状态算起）", "timers, from the entry of their state"),
            _rows(found.after, found, language),
        ),
        (text("条件成立就走", "taken at once"), _rows(found.always, found, language)),
        (text("从哪里来", "ways in"), _ways_in(found, language)),
    ]
    for head, rows in sections:
        if rows:
            yield ""
            yield head
            yield from _table(rows)
    if found.built_in and found.kind != "final":
        yield ""
        yield text(
            "没写也有的：客服转接、掉线后，回到要客服的那个状态重新分配",
            "built in: after a transfer or a lost agent the conversation asks again, in the state where it asked",
        )
        yield f"  {comma.join(event_word(event, language) for event in found.built_in)}"
    if found.ignored:
        yield ""
        yield text(
            "不听的事件（消息照样存下、送到，只是流程不动）",
            "ignored (messages are stored and delivered all the same; the flow does not move)",
        )
        yield f"  {comma.join(event_word(event, language) for event in found.ignored)}"


def _rows(ways: Iterable[Way], found: Explained, language: Language) -> list[Row]:
    inherited = Text("来自", "from").say(language)
    return [
        (
            event_word(way.trigger, language),
            _does(way, language),
            "" if way.state == found.name else f"{inherited} {way.state}",
        )
        for way in ways
    ]


def _ways_in(found: Explained, language: Language) -> list[Row]:
    return [
        (way.state, _condition(way, language), event_word(way.trigger, language)) for way in found.ways_in
    ]


def _condition(way: Way, language: Language) -> str:
    when = condition(way.alternatives, way.number, language)
    return f"[{when}]" if when else ""


def _does(way: Way, language: Language) -> str:
    parts = [_condition(way, language)]
    parts += [f"→ {way.transition.to}"] if way.transition.to else []
    parts += [action_words(way.transition.actions, language)] if way.transition.actions else []
    return "  ".join(part for part in parts if part) or "—"


def _table(rows: list[Row]) -> Iterator[str]:
    return (f"  {line}" for line in aligned(rows))


def plain(found: Explained) -> dict[str, Any]:
    """Return the same for programs, events by their English names."""

    def ways(several: Iterable[Way]) -> list[dict[str, Any]]:
        return [
            {
                "state": way.state,
                "trigger": way.trigger,
                "when": way.transition.when.source if way.transition.when else None,
                "to": way.transition.to,
                "actions": [{"name": each.name, "args": each.args} for each in way.transition.actions],
            }
            for way in several
        ]

    return {
        "state": found.name,
        "around": found.around,
        "children": found.children,
        "regions": found.regions,
        "initial": found.initial,
        "kind": found.kind,
        "events": {event: ways(several) for event, several in found.heard.items()},
        "ignored": found.ignored,
        "built_in": found.built_in,
        "after": ways(found.after),
        "always": ways(found.always),
        "ways_in": ways(found.ways_in),
    }
