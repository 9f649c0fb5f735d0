"""Reads packaging/docs/*/guards.md: fenced lines that must mean what the page says, and the table of variables."""

import re
from typing import NamedTuple

from appliance.config.vocabulary import VISIBLE, Variable
from appliance.errors import Language
from tests.docs.recipes import DOCS

VARS = {"次数": "number", "asked": "bool", "plan": "string"}
"""The variables that the flow of the examples declares."""

_FENCE = re.compile(r"^```(guards|values|wrong|never|always)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_KINDS = {
    "bool": ("true or false", "是或否"),
    "number": ("number", "数字"),
    "string": ("text", "文字"),
    "duration": ("duration", "时间长度"),
    "percent": ("percentage", "百分比"),
    "list": ("list of texts", "文字的列表"),
}
_PLACES = {
    "vip": ("vip", "vip"),
    "queues": ("queues", "queues"),
    "alerts": ("alerts", "alerts"),
}


class Line(NamedTuple):
    """One line of a fence: what is written, and what the page says of it after the arrow."""

    kind: str
    written: str
    says: str


def page(language: str) -> str:
    """Return the text of the page."""
    return (DOCS / language / "guards.md").read_text(encoding="utf-8")


def lines(language: str) -> list[Line]:
    """Return the lines of all fences whose content is a promise."""
    found: list[Line] = []
    for kind, body in _FENCE.findall(page(language)):
        for line in body.splitlines():
            written, _, says = line.partition(" → ")
            found.append(Line(kind, written.strip(), says.strip()))
    return found


def variable_row(word: Variable, language: Language) -> str:
    """Return the row that the table of variables has for `word`."""
    place = 0 if language == "en" else 1
    also = [_PLACES[section][place] for section in _PLACES if word.of in VISIBLE[section]]
    cells = [
        f"`{word.name}`",
        f"`{word.zh}`",
        _KINDS[word.type][place],
        word.about.say(language),
        ", ".join(also),
    ]
    return f"| {' | '.join(cells)} |".replace("|  |", "| |")
