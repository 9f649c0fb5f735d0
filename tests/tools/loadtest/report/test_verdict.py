"""The verdict, as a table: what outweighs what."""

from typing import Any

import pytest

from tests.tools.loadtest.report.sample import empty, sample, selfcheck, totals
from tools.loadtest.report.capacity import capacity
from tools.loadtest.report.targets import judge
from tools.loadtest.report.verdict import Verdict, verdict
from tools.loadtest.results import Results, Target

MISSED = [Target("p99", "latencies.ack.p99_ms", at_most=1.0, unit="ms")]
BLANK = [Target("nothing", "storm.back_p99_s", at_most=1.0)]
SATURATED = selfcheck(saturated=True, why="CPU 99 %")


def of(results: Results) -> Verdict:
    judged = judge(results)
    return verdict(results, judged, capacity(results))


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, "passed"),
        ({"targets": []}, "measured"),
        ({"targets": MISSED}, "failed"),
        ({"targets": BLANK, "storm": None}, "unproven"),
        ({"targets": [*BLANK, *MISSED], "storm": None}, "failed"),
        ({"ended": "interrupted"}, "interrupted"),
        ({"ended": "interrupted", "totals": totals(sent=9, lost=1)}, "failed"),
        ({"targets": [], "totals": totals(sent=9, duplicated=1)}, "failed"),
        ({"targets": [], "totals": totals(sent=9, out_of_order=1)}, "failed"),
        ({"generator": SATURATED}, "invalid"),
        ({"generator": SATURATED, "totals": totals(sent=9, lost=1)}, "invalid"),
    ],
)
def test_what_outweighs_what(changes: dict[str, Any], kind: str) -> None:
    assert of(sample(**changes)).kind == kind


def test_reasons_name_everything_that_speaks_against_a_run() -> None:
    found = of(
        sample(
            generator=SATURATED,
            ended="interrupted",
            targets=MISSED,
            totals=totals(sent=9, lost=3, unanswered=2),
        )
    )
    said = "\n".join(text.en for text in found.reasons)
    for part in ("CPU 99 %", "Lost 3", "broken off", "p99: measured", "2 messages"):
        assert part in said


def test_the_sentence_is_made_only_of_what_was_measured() -> None:
    assert "6,120 people were connected at once" in of(sample()).sentence.en
    assert of(sample()).sentence.zh.startswith("6,120 人同时在线，99% 的消息在")
    assert of(empty()).sentence.en == "The run measured nothing that a conclusion could rest on."
