"""Plans and configurations: worked out once, bounded, and what Appendix D of SCXML says they are."""

from appliance.flow.plans import MOST_PLANS, Configuration
from appliance.flow.states import Node, Transition


def tree() -> dict[str, Node]:
    outer = Node("outer", None, 0)
    first, second = Node("first", outer, 1), Node("second", outer, 2)
    leaf, end = Node("leaf", second, 3), Node("end", None, 4, final=True)
    outer.initial, second.initial = Transition(outer, (first,)), Transition(second, (leaf,))
    return {node.name: node for node in (outer, first, second, leaf, end)}


def regions() -> dict[str, Node]:
    """Return a parallel state with two regions of two states each, a way back into it, and a state beside it."""
    nodes: dict[str, Node] = {}

    def add(name: str, parent: str = "", **kind: object) -> Node:
        nodes[name] = Node(name, nodes.get(parent), len(nodes), **kind)  # type: ignore[arg-type]
        return nodes[name]

    add("both", parallel=True)
    for region in ("a", "b"):
        add(region, "both")
        first = add(f"{region}1", region)
        add(f"{region}2", region)
        nodes[region].initial = Transition(nodes[region], (first,))
    back = add("back", "both", history="deep")
    back.initial = Transition(back, (nodes["a"], nodes["b"]))
    add("aside")
    return nodes


def here(nodes: dict[str, Node], *active: str) -> Configuration:
    return Configuration(tuple(nodes[name] for name in active), nodes, ("back",) if "back" in nodes else ())


def test_plans_of_one_path() -> None:
    nodes = tree()
    place = here(nodes, "outer", "first")
    sideways = place.plan((Transition(nodes["first"], (nodes["second"],)),), {})
    assert sideways.active == ("outer", "second", "leaf")
    assert (sideways.kept, sideways.exit_names, sideways.origin) == (1, frozenset({"first"}), None)
    internal = place.plan((Transition(nodes["outer"], (nodes["first"],)),), {})
    assert (internal.kept, internal.exit_names) == (1, frozenset({"first"}))
    external = place.plan((Transition(nodes["outer"], (nodes["first"],), reenter=True),), {})
    assert (external.kept, external.exit_names) == (0, frozenset({"outer", "first"}))
    itself = place.plan((Transition(nodes["outer"], (nodes["outer"],)),), {})
    assert itself.active == ("outer", "first")
    assert itself.kept == 0
    everything = place.plan((Transition(None, (nodes["first"],)),), {})
    assert (everything.kept, everything.active) == (0, ("outer", "first"))


def test_a_plan_is_made_once_and_not_too_many_are_kept() -> None:
    nodes = tree()
    place = here(nodes, "outer", "first")
    transition = Transition(nodes["first"], (nodes["end"],))
    assert place.plan(transition.alone, {}) is place.plan(transition.alone, {})
    for _ in range(MOST_PLANS + 10):
        place.plan(Transition(nodes["first"], (nodes["end"],)).alone, {})
    assert len(place._plans) <= MOST_PLANS


def test_unheard_custom_events_do_not_fill_the_cache() -> None:
    place = here(tree(), "outer", "first")
    for number in range(10):
        assert place.listening(f"custom.{number}") == ()
    assert len(place._handlers) == 0


def test_the_others_stay_when_one_region_moves() -> None:
    nodes = regions()
    place = here(nodes, "both", "a", "a1", "b", "b1")
    plan = place.plan((Transition(nodes["a1"], (nodes["a2"],)),), {})
    assert plan.active == ("both", "a", "a2", "b", "b1")
    assert plan.origin == (0, 1, -1, 3, 4)
    assert plan.exit_names == {"a1"}
    last = place.plan((Transition(nodes["b1"], (nodes["b2"],)),), {})
    assert (last.active, last.origin, last.kept) == (("both", "a", "a1", "b", "b2"), None, 4)


def test_going_into_a_region_enters_the_other_by_default() -> None:
    nodes = regions()
    plan = here(nodes, "aside").plan((Transition(nodes["aside"], (nodes["b2"],)),), {})
    assert plan.active == ("both", "a", "a1", "b", "b2")
    assert [node.name for node, _ in plan.entries] == ["both", "a", "a1", "b", "b2"]
    several = here(nodes, "aside").plan((Transition(nodes["aside"], (nodes["a2"], nodes["b2"])),), {})
    assert several.active == ("both", "a", "a2", "b", "b2")


def test_from_one_region_to_another_leaves_both() -> None:
    nodes = regions()
    plan = here(nodes, "both", "a", "a1", "b", "b1").plan((Transition(nodes["a1"], (nodes["b2"],)),), {})
    assert plan.exit_names == {"both", "a", "a1", "b", "b1"}
    assert plan.active == ("both", "a", "a1", "b", "b2")


def test_of_two_that_leave_the_same_the_inner_one_or_the_first_region_goes() -> None:
    nodes = regions()
    place = here(nodes, "both", "a", "a1", "b", "b1")
    inner = Transition(nodes["a1"], (nodes["a2"],))
    outer = Transition(nodes["b"], (nodes["aside"],))
    assert place.plan((inner, outer), {}).transitions == (inner,)
    assert place.plan((outer, inner), {}).transitions == (outer,)
    above, below = Transition(nodes["a"], (nodes["aside"],)), Transition(nodes["a1"], (nodes["a2"],))
    assert place.plan((above, below), {}).transitions == (below,)
    both = place.plan((inner, Transition(nodes["b1"], (nodes["b2"],))), {})
    assert both.active == ("both", "a", "a2", "b", "b2")
    assert both.led == ((nodes["a1"], "a2"), (nodes["b1"], "b2"))


def test_history_is_taken_down_on_the_way_out_and_followed_on_the_way_back() -> None:
    nodes = regions()
    out = here(nodes, "both", "a", "a2", "b", "b1").plan((Transition(nodes["both"], (nodes["aside"],)),), {})
    assert out.remembered == {"back": ("a2", "b1")}
    way_back = (Transition(nodes["aside"], (nodes["back"],)),)
    place = here(nodes, "aside")
    assert place.plan(way_back, out.remembered).active == ("both", "a", "a2", "b", "b1")
    assert place.plan(way_back, {}).active == ("both", "a", "a1", "b", "b1")
    again = here(nodes, "both", "a", "a2", "b", "b2")
    through_itself = again.plan((Transition(nodes["both"], (nodes["back"],), reenter=True),), {})
    assert through_itself.active == ("both", "a", "a2", "b", "b2"), "what is left now is remembered already"


def test_innermost() -> None:
    nodes = regions()
    place = here(nodes, "both", "a", "a1", "b", "b1")
    assert [node.name for node in place.atomic] == ["a1", "b1"]
    assert [place.innermost(name) for name in ("a", "b", "both", "a1", "aside", "")] == [
        "a1", "b1", "b1", "a1", "b1", "b1",
    ]  # fmt: skip
