"""What stands in a box and on an arrow."""

from tests.tools.graph.flows import everything, shipped
from tools.drawing.measure import width
from tools.graph.labels import WIDEST, arrow_block, broken, heading, history_block, legend, state_block
from tools.graph.picture import Label


def test_a_long_label_puts_its_actions_on_lines_of_their_own() -> None:
    long = Label(
        "用户发送消息", "time > 10s && visitor.level >= 3", "发送 很长的一句话、自动分配、打标签 重要客户"
    )
    lines = broken(long)
    assert len(lines) > 1
    assert lines[0].startswith("用户发送消息")
    assert all(width(line, 10) <= WIDEST for line in lines)
    assert broken(Label("用户结束")) == ["用户结束"]


def test_boxes_are_as_large_as_what_they_hold() -> None:
    boxes = {box.name: box for box in everything().every()}
    plain, busy = state_block(boxes["短"]), state_block(boxes["等"])
    assert busy.height > plain.height
    assert plain.rows[0].text == "短"
    assert history_block(boxes["上次"]).rows[0].text == "H*"
    two = arrow_block((Label("a"), Label("b")), "#000000")
    assert [row.text for row in two.rows] == ["a", "b"]


def test_heading_and_legend_explain_what_occurs() -> None:
    assert shipped().bundle in heading(shipped()).rows[1].text
    words = " ".join(row.text for row in legend(shipped()))
    assert "访客" in words
    assert "只有 VIP" in words
    assert "VIPs only" in " ".join(row.text for row in legend(everything(language="en")))
