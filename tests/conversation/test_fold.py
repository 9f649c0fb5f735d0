"""Folding the log gives the conversation that ran: always, and it says so loudly when it does not."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance import inputs
from appliance.conversation.fold import MissingFact, bundles_of, fold, recorded, window_of
from appliance.conversation.numbering import number
from appliance.effects import Step
from appliance.flow.graph import Graph
from appliance.flow.migrate import migrated
from appliance.flow.step import STEP_VERSION, step_safely
from appliance.model import Checkpoint, Heads, Snapshot, Visitor
from appliance.ports import Stored
from appliance.records import Entry
from tests.runtime.house import SHIPPED, shipped, shipped_graph

GRAPH: Graph = shipped_graph()
TEXT = (
    SHIPPED.read_text()
    .replace("服务中", "接待中")
    .replace("after: {20s: {to: 分配客服", "after: {35s: {to: 分配客服")
)
OTHER: Graph = shipped(TEXT[: TEXT.index("tests:")]).graph
TO_OTHER = {"服务中": "接待中"}
BOTH = {GRAPH.id: GRAPH, OTHER.id: OTHER}
FACTS = {"hours.open": True, "ai.on": False}


class Live:
    """A conversation that runs and keeps its log, as a mailbox does."""

    def __init__(self) -> None:
        self.graph = GRAPH
        self.now = 1_000
        self.snapshot: Snapshot | None = None
        self.heads = Heads()
        self.entries: list[Entry] = []
        self.checkpoints: list[Checkpoint] = []
        self.put(
            inputs.Opened(conversation="c1", visitor=Visitor("v1"), bundle=GRAPH.id, cid="0", text="你好")
        )

    def put(self, source: inputs.Input) -> None:
        step = step_safely(
            self.graph, self.snapshot, source, lambda name, scope: FACTS.get(name, f"<{name}>"), self.now
        )
        self.take(step)

    def move(self) -> None:
        """Go over to the other bundle."""
        assert self.snapshot is not None
        other = OTHER if self.graph is GRAPH else GRAPH
        names = TO_OTHER if other is OTHER else {new: old for old, new in TO_OTHER.items()}
        step = migrated(self.graph, other, self.snapshot, inputs.Migrated(other.id, names), self.now)
        self.graph = other if step.records else self.graph
        self.take(step)

    def take(self, step: Step) -> None:
        self.snapshot = step.snapshot
        entries, self.heads = number("c1", "v1", self.heads, step.records, self.now)
        self.entries += entries
        self.checkpoints.append(Checkpoint(step.snapshot, self.heads, STEP_VERSION))

    def act(self, what: str, wait: int) -> None:
        """Let time pass, due timers first, then something happen."""
        assert self.snapshot is not None
        self.now += wait
        while self.snapshot.timers and self.snapshot.timers[0].due <= self.now:
            self.put(inputs.TimerDue(self.snapshot.timers[0].order))
        waiting = self.snapshot.waiting
        visit = waiting.visit if waiting else 0
        possible: dict[str, inputs.Input] = {
            "says": inputs.VisitorSaid(f"v{self.heads.seq}", "在吗"),
            "offered": inputs.Offered("a1", "李", visit, "售前"),
            "replies": inputs.AgentSaid("a1", f"a{self.heads.seq}", "在的", "李"),
            "closes": inputs.AgentClosed("a1", f"k{self.heads.seq}"),
            "rates": inputs.VisitorRated(f"r{self.heads.seq}", 5),
            "lost": inputs.AgentLost("a1"),
            "ends": inputs.VisitorEnded(f"e{self.heads.seq}"),
            "notes": inputs.AgentNoted("a1", f"n{self.heads.seq}", "备注", "李"),
        }
        if what == "migrates":
            self.move()
        else:
            self.put(possible[what])

    def stored(self, entries: list[Entry], checkpoint: Checkpoint | None = None) -> Stored:
        return Stored("c1", "v1", GRAPH.id, 1_000, None, checkpoint, tuple(entries))


acts = st.lists(
    st.tuples(
        st.sampled_from(
            ["says", "offered", "replies", "closes", "rates", "lost", "ends", "notes", "migrates"]
        ),
        st.sampled_from([0, 500, 11_000, 70_000, 200_000]),
    ),
    max_size=20,
)


@settings(max_examples=150)
@given(acts, st.integers(0, 40))
def test_the_fold_of_the_log_equals_the_live_run_from_any_checkpoint(
    script: list[tuple[str, int]], where: int
) -> None:
    live = Live()
    for what, wait in script:
        live.act(what, wait)
    whole = fold(GRAPH, live.stored(live.entries), BOTH)
    assert (whole.snapshot, whole.heads, whole.mismatch) == (live.snapshot, live.heads, "")
    checkpoint = live.checkpoints[min(where, len(live.checkpoints) - 1)]
    rest = [entry for entry in live.entries if entry.seq > checkpoint.heads.seq]
    began = BOTH[checkpoint.snapshot.bundle]
    later = fold(began, live.stored(rest, checkpoint), BOTH)
    # Inputs that changed nothing are not in the log, so nothing but the log decides.
    assert (later.snapshot, later.heads, later.mismatch) == (live.snapshot, live.heads, "")


def test_a_record_that_differs_is_reported_and_the_numbers_go_on() -> None:
    live = Live()
    live.act("offered", 20_000)
    changed = [
        msgspec.structs.replace(entry, body=entry.body.replace(b'"since":1000', b'"since":999'))
        for entry in live.entries
    ]
    folded = fold(GRAPH, live.stored(changed))
    assert "seq 1" in folded.mismatch
    assert folded.heads == live.heads


def test_a_log_that_begins_in_the_middle_is_reported() -> None:
    live = Live()
    assert fold(GRAPH, live.stored(live.entries[1:])).mismatch


def test_a_fact_that_was_not_recorded_cannot_be_read() -> None:
    read = recorded({"hours.open": True})
    assert read("hours.open", None) is True
    with pytest.raises(MissingFact):
        read("load", None)


def test_the_window_remembers_what_the_log_holds() -> None:
    live = Live()
    live.act("says", 10)
    sent = [entry for entry in live.entries if entry.cid]
    window = window_of(sent, complete=True)
    assert window.look("v1", "0") not in ("new", "in doubt")
    assert window.look("v1", "zzz") == "new"
    part = window_of(sent, complete=False)
    assert part.look("v1", "zzz") == "new"
    assert part.look("v1", "!") == "in doubt"
    assert part.look("somebody else", "!") == "in doubt"


def test_folding_asks_for_the_bundles_that_the_conversation_was_pinned_to() -> None:
    live = Live()
    live.act("migrates", 100)
    live.act("says", 100)
    assert live.graph is OTHER
    assert bundles_of(live.stored(live.entries)) == (GRAPH.id, OTHER.id)
    folded = fold(GRAPH, live.stored(live.entries), BOTH)
    assert (folded.graph, folded.snapshot, folded.mismatch) == (OTHER, live.snapshot, "")
    assert bundles_of(live.stored([], live.checkpoints[-1])) == (OTHER.id,)
