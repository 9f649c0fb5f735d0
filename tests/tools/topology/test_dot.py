"""The DOT text is read by Graphviz, and has a place for every part."""

import pygraphviz

from tests.tools.topology.sites import EVERYTHING, SHIPPED, site
from tools.drawing.render import layout
from tools.topology.dot import dot_of, way_id


def test_graphviz_reads_it() -> None:
    for text in (SHIPPED, EVERYTHING):
        picture = site(text)
        graph = pygraphviz.AGraph(string=dot_of(picture))
        assert set(graph.nodes()) == {node.id for node in picture.nodes}
        assert {subgraph.name for subgraph in graph.subgraphs()} >= {
            f"cluster_{zone}" for zone, _ in picture.zones()
        }


def test_the_layout_places_everything() -> None:
    picture = site(EVERYTHING)
    placed = layout(dot_of(picture))
    ids = {each.get("id") for each in (*placed["objects"], *placed["edges"])}
    assert {node.id for node in picture.nodes} <= ids
    assert {way_id(edge) for edge in picture.edges} <= ids


def test_data_lies_below_the_process() -> None:
    for view in ("manager", "operator"):
        picture = site(view="manager" if view == "manager" else "operator")
        boxes = {
            each["id"]: each["bb"].split(",") for each in layout(dot_of(picture))["objects"] if "bb" in each
        }
        assert float(boxes["zone_data"][3]) <= float(boxes["zone_host"][1])
