"""Every state is one box, every transition one label; a name is one label and nothing else."""

from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.config.references import walk
from appliance.config.spec import Spec
from appliance.flow.bundle import bundle_from
from tests.property.flows import random_graph
from tests.tools.graph.flows import EVERYTHING, everything
from tools.graph.mermaid import mermaid_of
from tools.graph.picture import KINDS, kind_of, picture_of


def test_kinds_say_who_sets_it_off() -> None:
    assert [kind_of(event) for event in ("visitor.message", "agent.accept", "ai.answer", "custom.x")] == [
        "visitor", "agent", "other", "other",
    ]  # fmt: skip
    assert [kind for kind, _ in KINDS] == ["visitor", "agent", "time", "always", "other"]


def test_what_the_picture_of_everything_holds() -> None:
    picture = everything()
    boxes = {box.name: box for box in picture.every()}
    assert (boxes["服务"].parallel, boxes["上次"].history, boxes["完"].final) == (True, "H*", True)
    assert [line.label.text() for line in boxes["等"].lines] == ["进入 / 进入排队、自动分配"]
    assert picture.initial == boxes["服务"].id
    assert picture.on_error == boxes["留言"].id
    vip = [arrow for arrow in picture.arrows if arrow.vip]
    assert [(arrow.source, arrow.target) for arrow in vip] == [(boxes["等"].id, boxes["谈"].id)]


@given(st.integers(0, 1 << 32))
@settings(max_examples=60, deadline=None)
def test_nothing_is_left_out_and_nothing_twice(seed: int) -> None:
    bundle = bundle_from(random_graph(seed).source)
    picture = picture_of(Spec(bundle.flows), "en")
    states = list(walk(bundle.flows["main"].states))
    assert [box.name for box in picture.every()] == [state.name for state in states]
    assert len({box.id for box in picture.every()}) == len(states)
    ways = sum(
        len(transitions)
        for state in states
        for transitions in (
            *(handler.transitions for handler in state.on), *(timer.transitions for timer in state.after), state.always,
        )
    )  # fmt: skip
    own = sum(bool(state.entry) + bool(state.exit) for state in states)
    drawn = sum(len(arrow.labels) for arrow in picture.arrows) + sum(
        len(box.lines) for box in picture.every()
    )
    assert drawn == ways + own


def test_another_name_changes_one_label() -> None:
    before = mermaid_of(everything()).splitlines()
    after = mermaid_of(everything(EVERYTHING.replace("长", "久"))).splitlines()
    changed = [(one, other) for one, other in zip(before, after, strict=True) if one != other]
    assert len(changed) == 2  # the label, and the line that names the flow by its hash
    assert "久" in changed[1][1]
