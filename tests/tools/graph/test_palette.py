"""Everything that is written in a flow can be read on everything it stands on."""

from tools.drawing.palette import FAINT, INK, PAPER, contrast
from tools.graph.palette import COLOURS, GROUNDS, STATE, ground


def test_text_has_contrast_on_every_ground() -> None:
    for text in (INK, FAINT, *COLOURS.values()):
        for below in (PAPER, STATE, *GROUNDS):
            assert contrast(text, below) >= 4.5, (text, below)


def test_the_deeper_the_darker_up_to_an_end() -> None:
    assert [ground(depth) for depth in range(5)] == [*GROUNDS, GROUNDS[-1], GROUNDS[-1]]
