"""The shipped scenarios are sound, and every mistake in one is named with its line, cause and remedy in both languages."""

import re

import pytest

from tools.loadtest.reading import PHASE, SCENARIOS, read, shipped
from tools.loadtest.scenario import Phase
from tools.loadtest.serving import REPOSITORY

GOOD = """loadtest: 1
title: {zh: 例, en: Example}
agents: 2
stammer: 2%
phases:
  - {name: in, seconds: 2s, visitors: 10, greet: true}
  - {name: talk, seconds: 1m, rate: 2.5, agent_rate: 1, pace: even, deaf: 50%, burst: true, bytes: 200}
targets:
  - {measure: latencies.ack.p99_ms, at_most: 5, unit: ms}
"""


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_scenario_is_sound_short_and_explained(name: str) -> None:
    data = (SCENARIOS / f"{name}.yaml").read_bytes()
    scenario, found = read(data, f"{name}.yaml", name)
    assert found.render("en") == ""
    assert scenario is not None
    assert scenario.about.zh
    assert scenario.about.en
    assert scenario.targets
    assert all(target.name_zh and target.name_zh != target.name for target in scenario.targets)
    assert len(data.decode().splitlines()) <= 20


def test_all_that_were_promised_are_there() -> None:
    promised = {
        "connect",
        "chat",
        "record-day",
        "burst",
        "slow-readers",
        "reconnect-storm",
        "soak",
        "storm",
        "ladder",
        "overload",
    }
    assert set(shipped()) == promised


def test_everything_is_read() -> None:
    scenario, found = read(GOOD.encode(), "x.yaml", "x")
    assert scenario is not None, found.render("en")
    assert scenario.title == ("例", "Example")
    assert (scenario.agents, scenario.stammer) == (2, 0.02)
    assert scenario.phases[1] == Phase(
        "talk", 60, rate=2.5, agent_rate=1, pace="even", deaf=0.5, burst=True, bytes=200
    )
    (target,) = scenario.targets
    assert (target.name, target.at_most, target.at_least) == ("latencies.ack.p99_ms", 5, None)


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "words"),
    [
        ("loadtest: 1\n", "", "L101", 1, "loadtest: 1"),
        ("rate: 2.5", "rat: 2.5", "L102", 7, "did you mean 'rate'"),
        ("agents: 2", "agents: two", "L103", 3, "whole number"),
        ("seconds: 2s", "seconds: 2", "L103", 6, "such as 20s"),
        ("bytes: 200", "bytes: 9000000", "L103", 7, "48 to 8192"),
        ("pace: even", "pace: odd", "L103", 7, "poisson"),
        ("deaf: 50%", "deaf: 0.5", "L103", 7, "such as 50%"),
        ("greet: true", "greet: maybe", "L103", 6, "true or false"),
        ("{zh: 例, en: Example}", "Example", "L103", 2, "{zh: ..., en: ...}"),
        ("  - {name: in,", "  - in\n  - {name: in,", "L104", 6, "{key: value}"),
        ("{name: in, ", "{", "L105", 6, "name is missing"),
        ("rate: 2.5", "rate: 9000", "L106", 7, "more visitors"),
        ("latencies.ack.p99_ms", "latencies.ack.p98_ms", "L107", 9, "did you mean"),
        ("stammer: 2%", "stammer: 2%\nagents: 3", "K106", 5, "written twice"),
        ("title: {", "title: &a {", "K107", 2, "anchors"),
    ],
)
def test_a_mistake_is_named(old: str, new: str, code: str, line: int, words: str) -> None:
    assert old in GOOD
    scenario, found = read(GOOD.replace(old, new, 1).encode(), "x.yaml", "x")
    assert scenario is None
    told = next(each for each in found if each.code == code)
    assert told.at.line == line
    assert f"x.yaml:{line}:" in found.render("en")
    assert words in found.render("en")
    assert told.message.zh != told.message.en


def test_a_file_without_phases_or_of_bytes_is_refused() -> None:
    assert "no phases" in read(b"loadtest: 1\n", "x.yaml", "x")[1].render("en")
    assert read(b"\xff\xfe\x00", "x.yaml", "x")[0] is None
    assert read(b"- 1\n", "x.yaml", "x")[0] is None


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_tells_of_every_scenario_and_word_and_its_example_is_sound(language: str) -> None:
    text = (REPOSITORY / "packaging" / "docs" / language / "loadtest.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    scenario, found = read(example.encode(), "mine.yaml", "mine")
    assert scenario is not None, found.render("en")
    for name in shipped():
        assert f"| `{name}` |" in text
    for word in (PHASE.keys() | {"vip", "store_rate", "gives_up", "stammer"}) - {"name"}:
        assert f"`{word}`" in text


@pytest.mark.parametrize("name", ["ladder", "overload"])
def test_an_overload_declares_what_the_store_can_take_and_offers_more(name: str) -> None:
    scenario, found = read((SCENARIOS / f"{name}.yaml").read_bytes(), f"{name}.yaml", name)
    assert scenario is not None, found.render("en")
    assert scenario.vip == 0.1
    (heavy,) = (phase for phase in scenario.phases if phase.overload)
    assert heavy.rate is not None
    assert heavy.rate > scenario.store_rate > 0
    smaller = scenario.resized(rate=heavy.rate / 10)
    assert smaller.store_rate == scenario.store_rate // 10
