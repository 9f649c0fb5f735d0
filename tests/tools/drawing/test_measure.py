"""How wide a text is: never less than what is drawn, and lines that fit."""

from hypothesis import given
from hypothesis import strategies as st

from tools.drawing.measure import width, wrapped


def test_wide_characters_take_twice_the_room() -> None:
    assert width("客服", 10) > width("ab", 10)
    assert width("客服", 10, bold=True) > width("客服", 10)
    assert width("", 10) == 0


@given(st.text(alphabet="客服等 ab,。(x)", max_size=60), st.integers(40, 200))
def test_lines_fit_and_lose_nothing(text: str, most: int) -> None:
    lines = wrapped(text, 10, most)
    assert all(width(line, 10) <= most for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
