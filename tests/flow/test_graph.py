"""Plans and configurations: worked out once, bounded by the flow."""

from appliance.flow.graph import Configuration, Graph, Node, Transition
from tests.flow.desks import graph_of_text


def tree() -> dict[str, Node]:
    outer = Node("outer", None, 0, False)
    first, second = Node("first", outer, 1, False), Node("second", outer, 2, False)
    leaf = Node("leaf", second, 3, False)
    end = Node("end", None, 4, True)
    outer.initial, second.initial = first, leaf
    return {node.name: node for node in (outer, first, second, leaf, end)}


def test_plans() -> None:
    nodes = tree()
    here = Configuration((nodes["outer"], nodes["first"]))
    sideways = here.plan(Transition(nodes["first"], nodes["second"]))
    assert sideways.active == ("outer", "second", "leaf")
    assert (sideways.kept, sideways.exit_names) == (1, frozenset({"first"}))
    internal = here.plan(Transition(nodes["outer"], nodes["first"]))
    assert (internal.kept, internal.exit_names) == (1, frozenset({"first"}))
    external = here.plan(Transition(nodes["outer"], nodes["first"], reenter=True))
    assert (external.kept, external.exit_names) == (0, frozenset({"outer", "first"}))
    itself = here.plan(Transition(nodes["outer"], nodes["outer"]))
    assert itself.active == ("outer", "first")
    assert itself.kept == 0
    everything = here.plan(Transition(None, nodes["first"]))
    assert (everything.kept, everything.active) == (0, ("outer", "first"))


def test_a_plan_is_made_once() -> None:
    nodes = tree()
    here = Configuration((nodes["outer"], nodes["first"]))
    transition = Transition(nodes["first"], nodes["end"])
    assert here.plan(transition) is here.plan(transition)


def test_unheard_custom_events_do_not_fill_the_cache() -> None:
    nodes = tree()
    here = Configuration((nodes["outer"], nodes["first"]))
    for number in range(10):
        assert here.listening(f"custom.{number}") == ()
    assert len(here._handlers) == 0


def test_queue_rules_are_total() -> None:
    nodes = tree()

    def broken(scope: object) -> bool:
        raise TypeError("strange data")

    graph = Graph(
        "id", b"", nodes, nodes["outer"], queues=(("a", broken), ("b", lambda scope: False), ("c", None))
    )
    assert graph.queue_for(object()) == "c"
    assert graph.default_queue == "c"
    graph = Graph("id", b"", nodes, nodes["outer"], queues=(("a", broken), ("b", broken)), vip=broken)
    assert graph.queue_for(object()) == "b"
    assert graph.default_queue == "b"
    assert not graph.is_vip(object())


def test_the_way_back_is_kept() -> None:
    graph = graph_of_text()
    run = print
    assert graph.back("等客服", "等待", run) is graph.back("等客服", "等待", run)
    assert graph.back("等客服", "没有", run) is None


def test_supposing_leaves_the_graph_as_it_was() -> None:
    graph = graph_of_text()
    assert graph.supposing(True).is_vip(None)
    assert not graph.is_vip(None)
    assert graph.supposing(first_values={"a": 1}).vars == {"a": 1}
    assert graph.vars == {}
