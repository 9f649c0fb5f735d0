"""No sign of Mermaid's own gets through."""

from tools.drawing.charcodes import coded, commented


def test_signs_become_codes() -> None:
    assert coded("等:[*]") == "等#58;#91;*#93;"
    assert coded('a"b;c#d') == "a#34;b#59;c#35;d"
    assert coded("") == "#32;"


def test_a_comment_cannot_end_or_begin_anything() -> None:
    assert commented("%%{init: x}\n店") == "init: x店"
