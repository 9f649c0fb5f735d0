"""Progress is a line that is drawn anew at a terminal, plain lines elsewhere, in the operator's language."""

import io

import pytest

from appliance.cli.console import Console
from appliance.errors import Language
from tools.loadtest.conductor import Outlook
from tools.loadtest.progress import Progress

OUTLOOK = Outlook("chat", 2, 3, 61.0, 1_210, 5_000, 0, 3)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("language", "words"), [("zh", ("在线 1,210", "已存 5,000")), ("en", ("1,210 connected", "5,000 stored"))])  # fmt: skip
def test_without_a_terminal_there_are_plain_lines_now_and_then(
    language: Language, words: tuple[str, ...]
) -> None:
    err = io.StringIO()
    progress = Progress(Console(language, err=err))
    for _ in range(20):
        progress.show(OUTLOOK)
    progress.done()
    (line,) = err.getvalue().splitlines()
    assert "61 s" in line
    assert "2/3 chat" in line
    assert all(word in line for word in words)
    assert line.isprintable()


def test_a_terminal_sees_one_line_that_covers_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    err = Terminal()
    progress = Progress(Console("zh", err=err))
    progress.show(OUTLOOK)
    progress.show(Outlook("", 3, 3, 62.0, 2, 3, 1, 0))
    progress.done()
    drawn = err.getvalue()
    assert "\x1b" not in drawn
    assert drawn.count("\r") == 2
    assert drawn.count("\n") == 1
    assert "收尾" in drawn
    assert "拒绝 1" in drawn
