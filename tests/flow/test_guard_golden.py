"""The sentences under wrong conditions are part of the product: a change of wording is seen in review."""

from tests.flow.goldens import FILE, rendered


def test_golden() -> None:
    assert rendered() == FILE.read_text(encoding="utf-8"), (
        "read the difference, then python -m tests.flow.goldens"
    )
