"""Every alert has a page in both languages, and what the page names exists."""

import re
import shlex
from pathlib import Path

import pytest

from appliance.cli.catalog import COMMANDS
from appliance.telemetry.metrics import CATALOGUE
from tests.cli.shell import kefu
from tests.docs.links import broken
from tools.dashboards.alerts import ALERTS, Alert
from tools.dashboards.boards import TITLES

DOCS = Path(__file__).resolve().parents[2] / "packaging/docs"
LANGUAGES = ("zh", "en")
PAGES = [DOCS / language / "runbooks" / f"{alert.name}.md" for alert in ALERTS for language in LANGUAGES]
GUIDES = [DOCS / language / "dashboards.md" for language in LANGUAGES]
HEADINGS = {
    "zh": ["这是什么意思", "怎么看", "怎么办", "怎样算好了"],
    "en": ["What it means", "How to see it", "What to do", "It is over when"],
}
GROUPS = {"agent": 2}
"""Commands of two words."""

OF_OTHERS = {"Status > Targets", "Dashboards > New > Import"}
"""Places in Prometheus and Grafana."""

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
every_text = pytest.mark.parametrize("page", [*PAGES, *GUIDES], ids=lambda page: str(page.relative_to(DOCS)))


def commands(text: str) -> list[list[str]]:
    """Return the commands of kefu in indented blocks, each as its words."""
    found = re.findall(r"^ {4,}(kefu [^\n#]+)", text, re.MULTILINE)
    return [shlex.split(line) for line in found]


def test_every_alert_has_its_page_and_no_page_is_left_over() -> None:
    for language in LANGUAGES:
        pages = {page.name for page in (DOCS / language / "runbooks").iterdir()}
        assert pages == {f"{alert.name}.md" for alert in ALERTS}


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: str(alert.name))
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_says_the_four_things_and_the_guide_lists_it(language: str, alert: Alert) -> None:
    text = (DOCS / language / "runbooks" / f"{alert.name}.md").read_text()
    summary = alert.summary.zh if language == "zh" else alert.summary.en
    assert re.match(rf"# {alert.name}[:：] ?{re.escape(summary)}\n", text)
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS[language]
    assert all(part.strip() for part in re.split(r"^## .+$", text, flags=re.MULTILINE))
    row = f"| [{alert.name}](runbooks/{alert.name}.md) | {alert.severity} | {summary} |"
    assert row in (DOCS / language / "dashboards.md").read_text().splitlines()


@every_text
def test_links_lead_somewhere(page: Path) -> None:
    assert broken(page) == []


@every_text
def test_the_commands_that_a_page_names_exist(page: Path) -> None:
    for _, name, *rest in commands(page.read_text()):
        assert name in {row.name for row in COMMANDS}
        words = GROUPS.get(name, 1)
        told = kefu(name, *rest[: words - 1], "--help")
        assert told.code == 0
        for option in (word for word in rest if word.startswith("--") and word not in ("--lang", "--json")):
            assert re.search(rf"{option}\b", told.out), f"kefu {name} has no {option}"


def test_both_languages_name_the_same_commands() -> None:
    for alert in ALERTS:
        zh, en = ((DOCS / each / "runbooks" / f"{alert.name}.md").read_text() for each in LANGUAGES)
        assert commands(zh) == commands(en)
    assert sum(bool(commands(page.read_text())) for page in PAGES) == len(PAGES), "a page without a command"


@every_page
def test_the_panels_that_a_page_names_exist(page: Path) -> None:
    titles = [panel.title for metric in CATALOGUE for panel in metric.panels] + list(TITLES.values())
    text = page.read_text()
    english = page.parts[-3] == "en"
    pattern = r"(?<!\*)\*([^*\n]+)\*(?!\*)" if english else r"「([^」]+)」"
    known = {title.en.split(" · ")[-1] if english else title.zh.split(" · ")[-1] for title in titles}
    # What stands in quotation marks in Chinese may also be what people see: a status, a word on a message.
    spoken = set() if english else {"发送中", "在线"}
    assert set(re.findall(pattern, text)) - OF_OTHERS - spoken <= known
