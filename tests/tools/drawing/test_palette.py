"""Contrast as WCAG counts it."""

from tools.drawing.palette import FAINT, INK, PAPER, contrast


def test_contrast() -> None:
    assert contrast("#000000", "#ffffff") == 21
    assert contrast("#ffffff", "#000000") == 21
    assert contrast(PAPER, PAPER) == 1
    assert contrast(INK, PAPER) > contrast(FAINT, PAPER) >= 4.5
