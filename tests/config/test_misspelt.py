"""Every word of the shipped files that means something, misspelt, is reported where it stands.

A word that defines a name (a state, a message) is right however it is written; misspelt, the lines that use the name are
reported instead.  What is exempt stands in the tables below, with the reason.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import Struct

from appliance.config.load import load
from appliance.flow.compile import compile_flow

ROOT = Path(__file__).parents[2]
FILES = (ROOT / "kefu.yaml", ROOT / "packaging" / "examples" / "english.kefu.yaml")

_WORD = re.compile(r"[^\W\d_]\w*(?:-[^\W\d]\w*)?|\d+(?:ms|[a-z]|%)")
_COMMENT = re.compile(r"(?:^|\s)#.*")
FREE_TEXT = (
    (re.compile(r"(?<=name: )[^,}\]]+|(?<=origins: )\[[^]]*\]"), "names and addresses of the outside world"),
    (re.compile(r"'VIP'"), "a tag is whatever a supervisor gave"),
    (
        re.compile(r"(?<=menu: )\[[^]]*\]"),
        "the items of the menu are defined here: those a condition names are found there",
    ),
    (re.compile(r"^  [^ ].*?(?=: \{when:)"), "the name of a queue that nothing else names"),
)


class Word(Struct, frozen=True):
    """A word of a file: line from 0, columns from 0."""

    line: int
    start: int
    end: int
    text: str


def words(lines: list[str]) -> Iterator[Word]:
    """Yield the words that mean something to kefu."""
    section = ""
    for number, line in enumerate(lines):
        code = _COMMENT.sub("", line)
        if re.match(r"\w", code):
            section = code
        free = [match.span() for pattern, _ in FREE_TEXT for match in pattern.finditer(code)]
        if section.startswith("messages:") and code != section:
            # A text is free, its name is not, and neither is what its template names.
            text = code.index(":") + 1
            names = [match.span() for match in re.finditer(r"\{\{.*?\}\}", code)]
            free += [(text, names[0][0]), (names[0][1], len(code))] if names else [(text, len(code))]
        for match in _WORD.finditer(code):
            inside = [start for start, end in free if start <= match.start() and match.end() <= end]
            if not inside:
                yield Word(number, match.start(), match.end(), match[0])


def misspelt(word: str) -> list[str]:
    """Return wrong spellings: a letter left out, doubled, another one.  Numbers keep their digits: 330s is a time."""
    digits = re.match(r"\d*", word)
    assert digits is not None
    letters = word[digits.end() :]
    wrong = [letters[:-1], letters[0] + letters, letters[:-1] + "x"]
    return [digits[0] + each for each in wrong if each and digits[0] + each != word] or [word + word]


def reported(text: str, file: str) -> dict[int, list[str]]:
    """Return the messages of the check by line."""
    spec, found = load(text, file)
    if spec is not None:
        found.extend(compile_flow(spec)[1])
    lines: dict[int, list[str]] = {}
    for each in found:
        lines.setdefault(each.at.line, []).append(each.message.en)
    return lines


@pytest.mark.parametrize("part", range(6))
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_word_that_means_something(path: Path, part: int) -> None:
    lines = path.read_text(encoding="utf-8").split("\n")
    missed: list[str] = []
    for number, word in enumerate(words(lines)):
        if number % 6 != part:
            continue
        # One wrong spelling a word keeps the test quick; which one turns with its place.
        choices = misspelt(word.text)
        wrong = choices[number // 6 % len(choices)]
        line = lines[word.line]
        changed = [*lines]
        changed[word.line] = line[: word.start] + wrong + line[word.end :]
        found = reported("\n".join(changed), path.name)
        here = found.get(word.line + 1, [])
        elsewhere = [
            message
            for messages in found.values()
            for message in messages
            if f"'{name_at(line, word)}'" in message
        ]
        if not here and not elsewhere:
            missed.append(f"{word.line + 1}: {word.text} -> {wrong}")
    assert missed == []


def name_at(line: str, word: Word) -> str:
    """Return the whole name that a word belongs to: `find somebody` is one name."""
    start = max(line.rfind(sign, 0, word.start) for sign in ",{[") + 1
    ends = [end for sign in ":,}]" if (end := line.find(sign, word.start)) >= 0]
    return line[start : min(ends, default=len(line))].strip()


def test_the_words_are_found() -> None:
    lines = FILES[0].read_text(encoding="utf-8").split("\n")
    found = {word.text for word in words(lines)}
    assert {
        "kefu",
        "timezone",
        "用户发送消息",
        "auto_assign",
        "time",
        "10s",
        "60%",
        "mon-sun",
        "欢迎语",
        "hours",
    } <= found
    assert not {"唯一客服", "example", "您好", "重启后生效", "VIP专席"} & found
    assert len(found) > 90
