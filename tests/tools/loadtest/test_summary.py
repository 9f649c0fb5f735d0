"""The end of a run says its verdict first, in the operator's language, and the same for programs."""

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from appliance.cli.console import as_json
from appliance.errors import Language
from tests.tools.loadtest.test_outcome import results
from tools.loadtest.results import Target
from tools.loadtest.summary import summary, told

RUN = replace(
    results(),
    targets=[Target("stored p99", "latencies.ack.p99_ms", at_most=5, unit="ms", name_zh="存好"), Target("memory", "burst.highest_rss_bytes", at_most=9)],
)  # fmt: skip


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", ("场景：未达标", "✓ 存好：2", "✗ memory：没有测到", "丢失 0", "按客户端的记录", "r.json")),
        ("en", ("A scenario: TARGETS MISSED", "✗ memory: not measured", "0 lost", "by the clients' journals", "close 1006")),
    ],
)  # fmt: skip
def test_people_read_the_verdict_first(language: Language, words: tuple[str, ...]) -> None:
    text = summary(RUN, [Path("r.json")], language)
    assert words[0] == text.splitlines()[0]
    for word in words:
        assert word in text


def test_an_interrupted_or_saturated_run_says_so() -> None:
    bad = replace(results("interrupted"), generator=replace(RUN.generator, saturated=True, why="it was slow"))
    text = summary(bad, [], "en")
    assert "interrupted" in text
    assert "INVALID, the generator was the limit: it was slow" in text


def test_programs_read_json() -> None:
    value = json.loads(as_json(told(RUN, [Path("r.json")])))
    assert value["passed"] is False
    assert [target["met"] for target in value["targets"]] == [True, False]
    assert value["totals"]["acked"] == 3
    assert "histogram" not in value["latencies"]["ack"]
    assert value["files"] == ["r.json"]
