"""The table of the history; the ways back are in test_apply.py."""

import io

from appliance.cli.console import Console
from appliance.cli.history import _row


def test_a_row_says_what_became_of_it() -> None:
    entry = {
        "id": 3,
        "at": 0,
        "by": "li",
        "bundle": "abc",
        "outcome": "reverted",
        "summary": {"zh": "甲", "en": "a"},
    }
    zh, en = (_row(entry, Console(language, out=io.StringIO())) for language in ("zh", "en"))
    assert (zh[0], zh[2:]) == ("3", ["li", "abc", "没有确认", "甲"])
    assert en[4:] == ["not confirmed", "a"]
    assert _row({**entry, "outcome": "of tomorrow", "summary": None}, Console("en", out=io.StringIO()))[
        4:
    ] == ["of tomorrow", ""]
