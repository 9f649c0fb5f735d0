"""Puts the report together: results in, one HTML file out that needs nothing else, on a screen or on paper.

Both languages are in the file as two whole pages of which one is shown, so that headings, tables and the words of charts all stand
in the language that a screen reader is told.  A content policy in the file lets nothing be loaded and no script run but ours.
"""

import re

import msgspec

from appliance.errors import Language, Text
from tools.loadtest.report.blocks import Section
from tools.loadtest.report.capacity import capacity
from tools.loadtest.report.figures import NOT_TESTED, moment
from tools.loadtest.report.front import Front, front
from tools.loadtest.report.sections.machine import generator_section, resources_section
from tools.loadtest.report.sections.method import method_section
from tools.loadtest.report.sections.outcome import comparison_section, verdict_section
from tools.loadtest.report.sections.profiles import profiles_section
from tools.loadtest.report.sections.setting import environment_section, workload_section
from tools.loadtest.report.sections.strain import degradation_section, endurance_section
from tools.loadtest.report.sections.traffic import errors_section, messages_section, ramp_section
from tools.loadtest.report.sections.waiting import latency_section
from tools.loadtest.report.targets import judge
from tools.loadtest.report.templating import embedded, rendered, source
from tools.loadtest.report.verdict import verdict
from tools.loadtest.report.words import WORDS
from tools.loadtest.results import Results, Second

_HEAD = "at_s,opened,failed,live,offered,sent,acked,delivered,refused"


def html(results: Results, previous: Results | None = None, lang: Language | None = None) -> str:
    """Return the report.  `lang` is shown first; without it the reader's browser decides."""
    opening, sections = contents(results, previous)
    name = WORDS["report"]
    values: dict[str, object] = {
        "all_words": WORDS,
        "front": opening,
        "sections": sections,
        "not_tested": NOT_TESTED,
        "raw": embedded(msgspec.json.encode(results).decode()),
        "seconds": csv(results),
        "file_name": _file_name(results),
    }
    title = Text(f"{name.zh} · {opening.title.zh}", f"{name.en} · {opening.title.en}")
    return rendered("page.html", "body.html", title, source("chart.css"), values, lang)


def contents(results: Results, previous: Results | None = None) -> tuple[Front, list[Section]]:
    """Return the first page and the fourteen sections in their order."""
    judged, found = judge(results), capacity(results)
    outcome = verdict(results, judged, found)
    sections = [
        verdict_section(outcome, judged, found),
        comparison_section(results, previous),
        environment_section(results),
        workload_section(results),
        ramp_section(results),
        messages_section(results),
        latency_section(results),
        degradation_section(results),
        resources_section(results),
        generator_section(results),
        errors_section(results),
        endurance_section(results),
        profiles_section(results),
        method_section(results),
    ]
    return front(results, outcome, found), sections


def csv(results: Results) -> str:
    """Return one row for each second of the run; a cell is empty where that second has no such figure."""
    connections = {second.at_s: f"{second.opened},{second.failed},{second.live}" for second in results.ramp}
    messages = {second.at_s: _flows(second) for second in results.throughput}
    rows = (
        f"{at:g},{connections.get(at, ',,')},{messages.get(at, ',,,,')}"
        for at in sorted({*connections, *messages})
    )
    return "\n".join([_HEAD, *rows]) + "\n"


def _flows(second: Second) -> str:
    return f"{second.offered},{second.sent},{second.acked},{second.delivered},{second.refused}"


def _file_name(results: Results) -> str:
    scenario = re.sub(r"[^\w-]+", "-", results.scenario, flags=re.ASCII).strip("-")[:60] or "run"
    when = re.sub(r"\D", "", moment(results.started_at).en)
    return f"loadtest-{scenario}-{when}".rstrip("-")
