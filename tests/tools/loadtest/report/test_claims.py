"""Claims of the reference: a run that did not try says nothing."""

from typing import Any

import pytest

from tests.tools.loadtest.report.sample import empty, environment, sample, totals
from tools.loadtest.report.claims import claims
from tools.loadtest.results import Burst, Phase, Ramp

PLANNED = [Phase("p", 0.0, 9.0, 5_000, 10, None, 0)]


@pytest.mark.parametrize(
    ("row", "changes", "standing"),
    [
        (0, {"ramp": [Ramp(0.0, 1, 0, 5_000)]}, "measured"),
        (0, {"ramp": [Ramp(0.0, 1, 0, 4_999)]}, "not tested"),
        (0, {"ramp": [Ramp(0.0, 1, 0, 4_999)], "phases": PLANNED}, "not reproduced"),
        (0, {}, "not tested"),
        (1, {"totals": totals(offered=870_000, acked=870_000)}, "measured"),
        (1, {"totals": totals(offered=870_000, acked=870_000, lost=1)}, "not reproduced"),
        (1, {"totals": totals(offered=869_999, acked=869_999)}, "not tested"),
        (2, {"burst": Burst(1, 100, 114, 0, 0)}, "measured"),
        (2, {"burst": Burst(1, 100, 100, 0, 15)}, "not reproduced"),
        (2, {"burst": Burst(1, 0, 9, 0, 9)}, "not tested"),
        (2, {}, "not tested"),
    ],
)
def test_standings(row: int, changes: dict[str, Any], standing: str) -> None:
    assert claims(empty(**changes))[row].standing == standing


def test_one_run_never_tells_of_the_collector() -> None:
    assert claims(sample())[3].standing == "not tested"


def test_where_too_few_files_may_be_opened_that_is_the_reason() -> None:
    few = empty(ramp=[Ramp(0.0, 1, 0, 500)], environment=environment(files_a_process=1_024))
    told = claims(few)[0]
    assert (told.standing, told.note.en) == ("not tested", "a process may open 1,024 files only (ulimit -n)")
    unlimited = empty(ramp=[Ramp(0.0, 1, 0, 500)], environment=environment(files_a_process=-1))
    assert claims(unlimited)[0].note.en == "this run planned fewer than 5,000"
