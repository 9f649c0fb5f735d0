"""The pieces of a graph: what stands in what, and what actions are bound to."""

from appliance.flow.states import Node, Transition


def test_a_state_registers_with_its_parent_and_a_way_back_is_no_child() -> None:
    outer = Node("outer", None, 0)
    inner, back = Node("inner", outer, 1), Node("back", outer, 2, history="deep")
    assert (outer.children, outer.histories) == ([inner], [back])
    assert inner.within(outer)
    assert inner.within(None)
    assert not outer.within(outer)
    assert inner.path() == [outer, inner]
    assert inner.depth == 1


def test_what_a_transition_takes_is_bound_to_where_it_leads() -> None:
    outer = Node("outer", None, 0)
    inner, back = Node("inner", outer, 1), Node("back", outer, 2, history="deep")
    assert Transition(outer, (inner,)).here == "inner"
    assert Transition(outer).here == "outer"
    assert Transition(inner, (back,)).here == "outer"
    assert Transition(None).here == ""
    alone = Transition(outer)
    assert alone.alone == (alone,)
