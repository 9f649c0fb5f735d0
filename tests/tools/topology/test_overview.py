"""The manager's view: ten boxes at most, and every part of the operator's has a home in it."""

from tests.tools.topology.sites import EVERYTHING, SHIPPED, many_queues, site
from tools.topology.overview import MOST_BOXES, SHOWN_IN


def test_ten_boxes_at_most() -> None:
    for text in (SHIPPED, EVERYTHING, many_queues(200)):
        assert len(site(text, view="manager").nodes) <= MOST_BOXES


def test_every_part_has_a_home() -> None:
    homes = {node.id for node in site(view="manager").nodes}
    for node in site().nodes:
        assert SHOWN_IN.get(node.id, node.id) in homes


def test_what_it_says() -> None:
    picture = site(EVERYTHING, "en", "manager")
    said = [fact.value for node in picture.nodes for fact in node.facts]
    for wanted in (
        "up to 4,321 connections",
        "3 queues of visitors",
        "load > 72%: delay push 3s",
        "admin listener 10.0.0.5:9100",
    ):
        assert wanted in said
    assert picture.node("kefu").address == "0.0.0.0:8100"
    assert {edge.way for edge in picture.edges} >= {"exposed", "off", "file"}
