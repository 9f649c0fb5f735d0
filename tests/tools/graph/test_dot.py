"""The DOT text: stable, and read by Graphviz."""

import pygraphviz
import pytest

from tests.tools.graph.flows import everything, shipped
from tests.tools.graph.goldens import FOLDER, texts
from tools.graph.dot import beginnings, dot_of


@pytest.mark.parametrize("name", sorted(texts()))
def test_golden(name: str) -> None:
    assert texts()[name] == (FOLDER / name).read_text(encoding="utf-8"), (
        "run python -m tests.tools.graph.goldens"
    )


def test_graphviz_reads_it() -> None:
    for picture in (everything(), shipped()):
        graph = pygraphviz.AGraph(string=dot_of(picture))
        leaves = [box.id for box in picture.every() if not box.boxes]
        assert set(leaves) <= {str(node) for node in graph.nodes()}


def test_a_name_may_hold_anything() -> None:
    from tests.tools.graph.flows import EVERYTHING

    strange = EVERYTHING.replace("短", '"<b>&\\\\ 🙂"')
    assert pygraphviz.AGraph(string=dot_of(everything(strange))).number_of_nodes() > 5


def test_where_a_state_begins() -> None:
    boxes = {box.name: box for box in everything().every()}
    assert beginnings(boxes["对话"]) == (boxes["等"].id,)
    assert beginnings(boxes["服务"]) == (boxes["对话"].id, boxes["计时"].id)
