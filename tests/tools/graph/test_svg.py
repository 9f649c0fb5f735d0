"""The SVG: well-formed, named for those who do not see it, the same every time."""

import xml.etree.ElementTree as Xml

from tests.tools.graph.flows import EVERYTHING, everything, shipped
from tools.graph.svg import svg_of

NS = "{http://www.w3.org/2000/svg}"


def test_a_picture_that_a_reader_can_read() -> None:
    root = Xml.fromstring(svg_of(shipped(), note="made by a test"))  # noqa: S314 - our own picture
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", "picture-title picture-about")
    titles = {element.text for element in root.iter(f"{NS}title")}
    assert {"唯一客服", "等待接入", "已结束"} <= titles
    ids = {element.get("id") for element in root.iter() if element.get("id")}
    assert {box.id for box in shipped().every()} <= ids
    words = "".join(text for element in root.iter(f"{NS}text") for text in element.itertext())
    for wanted in ("[营业中]", "◷ 5m", "time > 10s"):
        assert wanted in words


def test_nothing_in_it_comes_from_elsewhere_and_nothing_changes_by_itself() -> None:
    text = svg_of(everything())
    assert text == svg_of(everything())
    assert "<script" not in text
    assert text.count("http") == text.count("http://www.w3.org/")


def test_a_name_may_hold_anything() -> None:
    strange = EVERYTHING.replace("短", "'<b>&\"'")
    root = Xml.fromstring(svg_of(everything(strange)))  # noqa: S314 - our own picture
    assert '<b>&"' in {element.text for element in root.iter(f"{NS}title")}
