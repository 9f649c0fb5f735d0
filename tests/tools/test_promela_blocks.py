"""Blocks of the model: paths, domains, and what one transition becomes."""

import pytest

from appliance.config.spec import Spec
from tests.flow.desks import spec_of
from tools.promela_blocks import BACK, BEGIN, Blocks, Shape
from tools.promela_guards import Guards, NotExportable

FLOW = """
    initial: 外
    vars: {n: 0, m: 1}
    guarantee: [{name: p, from: 外, reach: 乙, within: 1s}]
    states:
      外:
        initial: 甲
        exit: {set: {n: =vars.m, m: =vars.n}}
        on: {用户结束: {to: 完}, 用户离开: {to: 乙}}
        states:
          甲: {after: {1s: {to: 乙}}}
          乙: {entry: [enqueue, auto_assign], on: {客服接入: {action: ask_ai}}}
      完: {final: true}
"""


def blocks(spec: Spec) -> Blocks:
    found = Blocks(spec, Shape(spec), Guards(spec), spec.main.guarantees[0])
    found.clocked = {"甲"}
    return found


def written(leaf: str, name: str, place: int) -> str:
    found = blocks(spec_of(FLOW))
    found.label(leaf, name, place)
    return "\n".join(found.lines())


def test_paths_and_domains() -> None:
    shape = Shape(spec_of(FLOW))
    assert shape.path("乙") == ["外", "乙"]
    assert shape.down("外") == ["甲"]
    assert shape.domain("外", "乙", False) == "外"
    assert shape.domain("外", "乙", True) == ""
    assert shape.domain("甲", "乙", False) == "外"
    assert shape.domain("甲", "甲", False) == "外"
    assert shape.domain("甲", "完", False) == ""


def test_entering_arms_timers_and_starts_clocks_and_promises() -> None:
    text = written("", "外", BEGIN)
    assert "at = 2;" in text
    assert "t2 = 0;\na2_0 = 1;" in text
    assert "if :: !owed -> owed = 1" in text


def test_leaving_gives_up_what_is_bound() -> None:
    text = written("乙", "外", 0)
    assert "if :: (place == 3 || place == 1) -> place = 0" in text
    assert "new0 = x_vars_2e_m;\nnew1 = x_vars_2e_n;" in text
    assert text.index("new1 =") < text.index("x_vars_2e_n = new0")
    assert "ended = 1;" in text


def test_a_transition_within_keeps_what_is_outside() -> None:
    text = written("甲", "外", 1)
    assert "if :: (place == 2) -> place = 0" in text
    assert "owed = 0; promise = 0;" in text
    assert "new0" not in text


def test_actions_without_a_target_bind_an_agent_to_their_own_state() -> None:
    assert written("乙", "乙", 0).splitlines()[2:5] == [
        "here = 3;",
        "ai = here;",
        "if :: held && owner == 0 -> owner = 3 :: else fi;",
    ]


def test_going_back_asks_anew() -> None:
    assert "here = 3;\nif :: place == 0 -> place = here :: else fi; asking = 1; asked = here;" in written(
        "甲", "乙", BACK
    )


def test_regions_have_no_model() -> None:
    spec = spec_of(
        "initial: a\nstates:\n  a: {parallel: true, on: {用户结束: {to: c}}, states: {b: {}, d: {}}}\n  c: {final: true}"
    )
    with pytest.raises(NotExportable):
        Shape(spec)
