"""Mermaid text: no name can break it."""

import re

from msgspec.structs import replace

from tests.tools.topology.sites import EVERYTHING, site
from tools.topology.mermaid import mermaid_of

LINE = re.compile(
    r"%% .*|flowchart TB|  subgraph zone_\w+\[\"[^\"\[\]{};]+(;[^\"\[\]{}]*)*\"\]|  end|    \w+\[\"<b>[^\"\[\]{}]+\"\]"
    r"|  \w+ (==>|-\.->|-->)(\|\"[^\"|]+\"\|)? \w+|  style \w+ [\w#:,\- ]+|  linkStyle \d+ stroke:#\w+|"
)


def test_every_line_is_one_that_mermaid_knows() -> None:
    strange = EVERYTHING.replace("贵宾", "'a\"b]; end --> {c} %% 🙂'")
    for picture in (site(), site(EVERYTHING), site(strange), site(view="manager")):
        lines = mermaid_of(picture).split("\n")
        assert [line for line in lines if not LINE.fullmatch(line)] == []
        assert sum("subgraph" in line for line in lines) == lines.count("  end")


def test_the_state_is_in_words_and_the_arrow_turned() -> None:
    picture = site(language="en")
    nodes = tuple(
        replace(node, tone="full", said=("gone",), drift=("x: runs 1 · file 2",))
        if node.id == "store"
        else node
        for node in picture.nodes
    )
    text = mermaid_of(replace(picture, nodes=nodes, live=("running",)))
    assert "<br/>#9632; critical<br/>gone<br/>#8800; x#58; runs 1 · file 2" in text
    assert 'ladder -->|"degrades"| public' in text
    assert "%% running" in text
