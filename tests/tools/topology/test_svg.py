"""The SVG: well-formed, named for those who do not see it, the same every time."""

import xml.etree.ElementTree as Xml

from tests.tools.topology.sites import EVERYTHING, site
from tools.topology.svg import said, svg_of

NS = "{http://www.w3.org/2000/svg}"


def test_a_picture_that_a_reader_can_read() -> None:
    picture = site(EVERYTHING)
    root = Xml.fromstring(svg_of(picture, note="made by a test"))  # noqa: S314 - our own picture
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", "picture-title picture-about")
    ids = {element.get("id") for element in root.iter() if element.get("id")}
    assert {node.id for node in picture.nodes} <= ids
    assert {f"way_{edge.id}" for edge in picture.edges} <= ids
    titles = {element.text for element in root.iter(f"{NS}title")}
    assert '银行 "一号" <客服>：部署拓扑 · 运维视图' in titles
    words = {text for element in root.iter(f"{NS}text") for text in element.itertext()}
    assert {"0.0.0.0:8100", "贵宾", "数据目录 DATA", "12,345"} <= words


def test_nothing_in_it_comes_from_elsewhere_and_nothing_changes_by_itself() -> None:
    text = svg_of(site())
    assert text == svg_of(site())
    assert "<script" not in text
    assert text.count("http://") == text.count("http://www.w3.org/")


def test_an_arrow_in_a_sentence_goes_the_way_it_points() -> None:
    picture = site(language="en")
    edges = {edge.id: edge for edge in picture.edges}
    assert (
        said(edges["public-ladder"], picture)
        == "Overload ladder → Public listener: degrades, within the process"
    )
    assert said(edges["visitors-proxy"], picture).endswith("Reverse proxy: HTTPS, WSS, TLS")
