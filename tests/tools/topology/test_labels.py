"""What stands in a box: nothing sticks out, nothing is lost."""

from msgspec.structs import replace

from tests.tools.topology.sites import EVERYTHING, site
from tools.topology.labels import WIDEST, card, legend, title_block, way_block, zone_row


def test_every_line_fits_its_box() -> None:
    for picture in (site(), site(EVERYTHING, "en"), site(view="manager")):
        for node in picture.nodes:
            block = card(node, picture)
            for pair in block.pairs:
                right = pair.right.width if pair.right else 0
                assert max(pair.left.width, (block.split if pair.right else 0) + right) <= block.width
                assert right <= WIDEST
            said = "".join(pair.left.text + (pair.right.text if pair.right else "") for pair in block.pairs)
            for fact in node.facts:
                assert fact.value.split(" · ")[0].replace(" ", "") in said.replace(" ", "")


def test_what_the_running_appliance_says_stands_below() -> None:
    picture = site(language="en")
    node = replace(picture.node("store"), tone="busy", said=("a line",), drift=("pools db: runs 4 · file 6",))
    rows = [pair.left.text for pair in card(node, picture).pairs]
    assert rows[-3:] == ["▲ attention", "a line", "≠ pools db: runs 4 · file 6"]


def test_legend_and_title() -> None:
    words = " ".join(row.text for row in legend(site(EVERYTHING, "en")))
    assert "plain text, reachable from the network" in words
    assert "critical" not in words
    live = replace(site(language="en"), live=("running: x",))
    assert "■ critical" in " ".join(row.text for row in legend(live))
    assert title_block(live).rows[-1].text == "running: x"
    assert zone_row("x").bold


def test_an_arrow_without_words_has_no_block() -> None:
    edges = {edge.id: edge for edge in site().edges}
    assert way_block(edges["conversations-ai"]) is None
    block = way_block(edges["proxy-public"])
    assert block is not None
    assert block.rows[0].text == "HTTP, WebSocket"
