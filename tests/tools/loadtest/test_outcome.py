"""What the processes measured is found again in the results, and the results survive their file."""

import pytest

from appliance.errors import Text
from tests.tools.loadtest.story import course, final
from tools.loadtest.outcome import Setting, outcome, readers_of, streams_of
from tools.loadtest.results import Results, decode, encode
from tools.loadtest.scenario import Phase, Scenario
from tools.loadtest.tally import Found

SETTING = Setting(["kefu", "loadtest", "s"], 7, b"kefu: 1\n", "sqlite", same_machine=True)
SCENARIO = Scenario("s", Text("场景", "A scenario"), (Phase("talk", 100, rate=1),), 1, soak=True)


def results(ended: str = "complete") -> Results:
    return outcome(SCENARIO, SETTING, course(final(), ended=ended), Found(), "journals")


def test_the_figures_of_a_run() -> None:
    found = results()
    totals = found.totals
    assert (totals.connections, totals.offered, totals.acked, totals.delivered) == (1, 3, 3, 3)
    assert (totals.lost, totals.unanswered, totals.judged) == (0, 0, "journals")
    assert found.latencies["ack"].p50_ms == pytest.approx(2, rel=0.01)
    assert found.latencies["show"].p50_ms == pytest.approx(4, rel=0.01)
    assert found.soak is not None
    assert found.storm is not None
    assert found.burst is None
    assert len(found.config_sha256) == 64


def test_they_survive_their_file() -> None:
    found = results("interrupted")
    assert decode(encode(found)) == found
    assert found.ended == "interrupted"


def test_streams_and_readers_of_all_processes_are_put_together() -> None:
    assert set(streams_of([final()])) == {"v0"}
    assert [reader.name for reader in readers_of([final(), final()])] == ["v0", "a0", "v0", "a0"]
