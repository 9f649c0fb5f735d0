"""Plans and configurations: worked out once, bounded by the flow."""

from appliance.flow.graph import MOST_CONFIGURATIONS, Graph
from appliance.flow.states import Node, Transition
from tests.flow.desks import graph_of_text


def tree() -> dict[str, Node]:
    outer = Node("outer", None, 0, False)
    first, second = Node("first", outer, 1, False), Node("second", outer, 2, False)
    leaf = Node("leaf", second, 3, False)
    end = Node("end", None, 4, True)
    outer.initial, second.initial = Transition(outer, (first,)), Transition(second, (leaf,))
    return {node.name: node for node in (outer, first, second, leaf, end)}


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


def test_only_so_many_configurations_are_remembered() -> None:
    graph = graph_of_text()
    for number in range(MOST_CONFIGURATIONS + 1):
        graph.nodes[f"n{number}"] = Node(f"n{number}", None, 100 + number)
        graph.configuration((f"n{number}",))
    assert len(graph._configurations) <= MOST_CONFIGURATIONS


def test_the_innermost_states_of_regions() -> None:
    graph = graph_of_text()
    assert graph.leaves(("服务", "等客服")) == ("等客服",)
    assert graph.leaves(("gone", "too")) == ("too",)
    assert graph.leaves(()) == ()
