"""Everything that is written can be read on everything it stands on, and tones are told apart by more than colour."""

from msgspec.structs import replace

from tests.tools.topology.sites import site
from tools.drawing.palette import FAINT, INK, PAPER, contrast
from tools.topology.palette import (
    BOX,
    DRIFT,
    OUTSIDE,
    TONE_COLOURS,
    TONE_GROUNDS,
    WAY_COLOURS,
    ZONE_GROUNDS,
    border,
    ground,
    heavy,
)


def test_text_has_contrast_on_every_ground() -> None:
    tones = [colour for tone, colour in TONE_COLOURS.items() if tone]
    for text in (INK, FAINT, DRIFT, *tones):
        for below in (PAPER, BOX, OUTSIDE, *TONE_GROUNDS.values()):
            assert contrast(text, below) >= 4.5, (text, below)
    for text in (FAINT, *WAY_COLOURS.values()):
        assert contrast(text, PAPER) >= 4.5, text
    for below in ZONE_GROUNDS.values():
        assert contrast(FAINT, below) >= 4.5, below


def test_borders_tell_where_to_look() -> None:
    node = site().node("store")
    assert (border(node), heavy(node)) == (TONE_COLOURS[""], False)
    drifted = replace(node, tone="fine", drift=("x",))
    assert (border(drifted), heavy(drifted), ground(drifted)) == (DRIFT, True, TONE_GROUNDS["fine"])
    assert border(replace(drifted, tone="full")) == TONE_COLOURS["full"]
    assert ground(site().node("proxy")) == OUTSIDE
