"""The page: golden, one file that loads nothing, and nothing that was measured can run in it."""

import json
import re
from html.parser import HTMLParser
from importlib.resources import files

from msgspec.structs import replace

from appliance.errors import Text
from tests.tools.claims.goldens import FOLDER, texts
from tests.tools.claims.sample import report
from tools.claims.page import html
from tools.claims.report import told

VOID = {"meta", "link", "br", "hr", "img", "input"}


class Balance(HTMLParser):
    """Notes tags that are closed out of order and ids that occur twice."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.ids: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def test_golden() -> None:
    assert texts()["main.html"] == (FOLDER / "main.html").read_text(encoding="utf-8")


def test_tags_are_balanced_and_ids_unique() -> None:
    found = Balance(html(report()))
    assert (found.wrong, found.open) == ([], [])
    assert len(found.ids) == len(set(found.ids))


def test_nothing_is_loaded_from_anywhere() -> None:
    assert re.findall(r'(?:src|href)="(?!#|data:)[^"]*"|url\(|@import', html(report())) == []


def test_what_was_measured_cannot_run() -> None:
    first = report().rows[0]
    evil = Text("</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>")
    page = html(report(rows=[replace(first, claim=replace(first.claim, note=evil, here=evil))]))
    assert "<script>alert" not in page
    assert "<img" not in page
    raw = re.search(r'id="raw-json"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert raw is not None
    assert json.loads(raw.group(1))["rows"][0]["note"]["en"] == evil.en


def test_the_results_lie_in_the_page() -> None:
    raw = re.search(r'id="raw-json"[^>]*>(.*?)</script>', html(report()), re.DOTALL)
    assert raw is not None
    assert json.loads(raw.group(1)) == json.loads(json.dumps(told(report())))


def test_the_reader_chooses_the_language_unless_it_is_said() -> None:
    assert "data-chosen" not in html(report()).partition("<head>")[0]
    assert '<html lang="en" data-lang="en" data-chosen>' in html(report(), "en")


def test_the_style_uses_the_colours_of_the_load_test_report_only() -> None:
    ours = (files("tools.claims") / "templates" / "claims.css").read_text(encoding="utf-8")
    theirs = (files("tools.loadtest.report") / "templates" / "look.css").read_text(encoding="utf-8")
    assert set(re.findall(r"var\((--[\w-]+)\)", ours)) <= set(re.findall(r"(--[\w-]+):", theirs))
    assert not re.search(r"#[0-9a-f]{3,8}\b|rgb\(", ours)
