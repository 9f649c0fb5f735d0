"""Reads the links of a page of the documentation, and the anchors that others may link to."""

import re
from pathlib import Path
from unicodedata import category

_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]+`")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)


def prose(page: Path) -> str:
    """Return a page without what is code in it."""
    return _FENCED.sub("", page.read_text(encoding="utf-8"))


def links(page: Path) -> list[str]:
    """Return what a page links to."""
    return _LINK.findall(_CODE.sub("", prose(page)))


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub and most others make them."""
    return {_anchor(match[1]) for match in _HEADING.finditer(prose(page))}


def _anchor(heading: str) -> str:
    kept = (char for char in heading.lower() if char in " -_" or category(char)[0] in "LNM")
    return "".join(kept).replace(" ", "-")


def broken(page: Path) -> list[str]:
    """Return the links of a page that lead nowhere.  Addresses in the net are not looked up."""
    found: list[str] = []
    for link in links(page):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            found.append(link)
    return found
