"""Characters that no font of this machine has."""

from tools.drawing.fonts import library, missing


def test_chinese_is_there_and_a_private_character_is_not() -> None:
    assert library()
    assert missing("等待接入 abc") == ""
    assert missing("等\U0010fffd\U0010fffd") == "\U0010fffd"
