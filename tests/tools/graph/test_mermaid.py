"""Mermaid text: no name can break it."""

import re

from tests.tools.graph.flows import EVERYTHING, everything, shipped
from tools.graph.mermaid import markdown_of, mermaid_of

LINE = re.compile(
    r"%% .*|stateDiagram-v2|  direction (LR|TB)| *\[\*\] --> s\d+| *s\d+ --> (s\d+|\[\*\])( : \S.*)?"
    r'| *state "[^"]+" as s\d+( \{)?| *s\d+ : \S.*| *\}| *--|'
)


def test_every_line_is_one_that_mermaid_knows() -> None:
    strange = EVERYTHING.replace("短", "'a: \"b\"; {c} --> [*] %% 🙂'").replace("谈过", "'end'")
    for picture in (everything(), everything(strange), shipped()):
        lines = mermaid_of(picture).split("\n")
        assert [line for line in lines if not LINE.fullmatch(line)] == []
        assert sum(line.rstrip().endswith("{") for line in lines) == sum(
            line.strip() == "}" for line in lines
        )


def test_markdown_is_a_fence_around_it() -> None:
    text = markdown_of(everything())
    assert text.startswith("```mermaid\n%%")
    assert text.endswith("\n```\n")
