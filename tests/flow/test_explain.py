"""What a state does, itself and by those around it; every transition of the flow is somebody's way in."""

from pathlib import Path

from appliance.config.load import load
from appliance.config.references import walk
from appliance.flow.explain import explain
from tests.flow.desks import spec_of

SHIPPED = (Path(__file__).parents[2] / "kefu.yaml").read_text(encoding="utf-8")


def test_inherited_alternatives_come_after_ones_own() -> None:
    spec, _ = load(SHIPPED, "kefu.yaml")
    assert spec is not None
    found = explain(spec.main, "等待接入")
    assert found is not None
    assert found.around == ("排队", "接待")
    assert [(way.state, way.transition.to) for way in found.heard["visitor.close"]] == [
        ("接待", "评价"), ("接待", "已结束"),
    ]  # fmt: skip
    assert [(way.state, way.trigger) for way in found.after] == [("等待接入", "20s"), ("排队", "5m")]
    assert "agent.close" in found.ignored
    assert "visitor.menu" not in found.ignored, "a chosen item is a message like any other here"
    assert found.built_in == ("agent.transfer", "agent.lost")


def test_every_transition_leads_into_what_it_names() -> None:
    spec, _ = load(SHIPPED, "kefu.yaml")
    assert spec is not None
    ways = [
        (way.state, way.transition.to)
        for state in walk(spec.main.states)
        if (found := explain(spec.main, state.name))
        for way in found.ways_in
    ]
    count = sum(
        1
        for state in walk(spec.main.states)
        for each in (
            *(t for h in state.on for t in h.transitions),
            *(t for a in state.after for t in a.transitions),
            *state.always,
        )
        if each.to
    )
    assert len(ways) == count > 20


def test_regions_and_what_is_no_state() -> None:
    flow = """
        initial: 双
        states:
          双:
            parallel: true
            on: {用户发送消息: {to: 完}, agent.lost: {to: 完}}
            states: {左: {}, 右: {}, 回: {history: deep}}
          完: {final: true}
    """
    main = spec_of(flow).main
    left, both, back, end = (explain(main, name) for name in ("左", "双", "回", "完"))
    assert left is not None
    assert (left.regions, left.built_in) == (("右",), ("agent.transfer",))
    assert both is not None
    assert (both.kind, both.children) == ("parallel", ("左", "右", "回"))
    assert back is not None
    assert back.kind == "deep"
    assert end is not None
    assert [way.trigger for way in end.ways_in] == ["visitor.message", "agent.lost"]
    assert explain(main, "没有") is None
