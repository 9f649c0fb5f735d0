"""Formats by ending, files and stdout, and a word about characters that no font has."""

import io
from pathlib import Path

import pytest

from appliance.cli.console import Console, UsageError
from appliance.errors import KefuError
from tools.drawing.paper import form_of, note_strange, put


def test_the_ending_says_the_format() -> None:
    forms = {".svg": "svg", ".gv": "dot"}
    assert (form_of("a.SVG", forms, "text"), form_of("-", forms, "text")) == ("svg", "text")
    with pytest.raises(UsageError) as wrong:
        form_of("a.jpeg", forms, "text")
    assert (".svg, .gv" in wrong.value.say("en"), "扩展名" in wrong.value.say("zh")) == (True, True)


def test_a_file_is_written_or_it_is_said_why_not(tmp_path: Path) -> None:
    put(str(tmp_path / "a.svg"), b"<svg/>")
    assert (tmp_path / "a.svg").read_bytes() == b"<svg/>"
    with pytest.raises(KefuError, match="cannot be written"):
        put(str(tmp_path / "no" / "a.svg"), b"")


def test_characters_without_a_font_are_named() -> None:
    heard = io.StringIO()
    note_strange("", Console("en", err=heard))
    assert heard.getvalue() == ""
    note_strange("\U0010fffd", Console("en", err=heard))
    assert "fonts-noto-cjk" in heard.getvalue()
