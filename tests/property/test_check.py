"""Whatever is done to the shipped file, the check answers, and what it passes runs."""

import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.config.vocabulary import EVENT_NAMES
from appliance.flow.compile import graph_of
from appliance.flow.occasions import Cannot, occasion
from appliance.flow.step import step_safely
from appliance.inputs import Opened, TimerDue
from appliance.model import Visitor
from appliance.runtime.check import check_text
from tests.property.test_flow_step import read

SHIPPED = (Path(__file__).parents[2] / "kefu.yaml").read_text(encoding="utf-8")
FLOW = SHIPPED[SHIPPED.index("flows:") : SHIPPED.index("messages:")]
WORDS = [match.span() for match in re.finditer(r"[^\W\d_]\w*(?:\.\w+)*|\d+[a-z%]+", SHIPPED)]
LINES = SHIPPED.split("\n")
NAMES = sorted(set(re.findall(r"[^\W\d_]\w*(?:\.\w+)*|\d+[a-z%]+", FLOW)))
ODD = [
    "😀",
    "👩\u200d💻",
    "e\u0301",
    "é",
    "＞",
    "ﬁ",
    "{to: 排队}",
    "[]",
    "0s",
    "null",
    "x y",
    "a" * 61,
    "'",
    "=1",
    "-1m",
    "99999999h",
]

edits = st.lists(
    st.tuples(st.integers(0, len(WORDS) - 1), st.sampled_from(NAMES + ODD)), min_size=1, max_size=4
)
moves = st.lists(st.tuples(st.integers(0, len(LINES) - 1), st.integers(0, len(LINES) - 1)), max_size=1)


def edited(changes: list[tuple[int, str]], shifts: list[tuple[int, int]]) -> str:
    text = SHIPPED
    for number, word in sorted(changes, reverse=True):
        start, end = WORDS[number]
        text = text[:start] + word + text[end:]
    lines = text.split("\n")
    for source, target in shifts:
        lines.insert(target % len(lines), lines.pop(source % len(lines)))
    return "\n".join(lines)


@given(edits, moves, st.lists(st.sampled_from(sorted(EVENT_NAMES)), max_size=12))
@settings(max_examples=150)
def test_any_mixture_of_its_own_words_is_refused_or_runs(
    changes: list[tuple[int, str]], shifts: list[tuple[int, int]], events: list[str]
) -> None:
    checked = check_text(edited(changes, shifts), "kefu.yaml", environment=None)
    for language in ("zh", "en"):
        assert bool(checked.diagnostics.render(language)) == (len(checked.diagnostics) > 0)
    assert checked.passed != checked.diagnostics.failed
    if not checked.passed:
        return
    graph, now = graph_of(checked.source), 1_000_000
    snapshot = step_safely(graph, None, Opened(Visitor("v"), "", "c0", "你好"), read, now).snapshot
    for event in events:
        while snapshot.timers and snapshot.closed_at is None:
            now = max(now, snapshot.timers[0].due)
            snapshot = step_safely(graph, snapshot, TimerDue(snapshot.timers[0].order), read, now).snapshot
            if event.startswith("visitor"):
                break
        if snapshot.closed_at is not None:
            return
        try:
            source = occasion(event, snapshot, "c1", "5")
        except Cannot:
            continue
        now += 11_000
        snapshot = step_safely(graph, snapshot, source, read, now).snapshot
        assert not snapshot.parked
