"""The table has every line of the reference, and a part that was not measured says why."""

from appliance.errors import Text
from tests.tools.claims.sample import findings
from tools.claims.findings import Findings
from tools.claims.rows import TABLE, UNMEASURED, rows, standings

AREAS = (
    "why; connections; volume; connection layer; business logic; pools; degradation; runtime; AI; agents; dispatch; earlier version; "
    "in service; deployment; handed over; lessons"
)


def test_every_line_of_the_reference_is_there_in_its_order() -> None:
    assert list(dict.fromkeys(row.area.en for row in rows(Findings()))) == AREAS.split("; ")


def test_keys_are_unique_and_both_languages_say_something() -> None:
    assert len({each.key for each in TABLE}) == len(TABLE)
    for row in rows(findings()):
        for text in (row.area, row.claim.says, row.claim.here, row.claim.note):
            assert text.zh
            assert text.en


def test_without_a_measurement_nothing_is_claimed() -> None:
    table = rows(Findings())
    assert standings(table) == {"measured": 0, "not reproduced": 0, "not tested": len(table)}
    assert any(row.claim.note == UNMEASURED for row in table)


def test_why_a_part_is_missing_is_told() -> None:
    table = rows(Findings(missing={"desk": Text("时间不够", "ran out of time")}))
    told = {row.key: row.claim.note.en for row in table}
    assert told["agents"] == told["stacks"] == "ran out of time"


def test_everything_measured() -> None:
    assert standings(rows(findings())) == {"measured": 21, "not reproduced": 1, "not tested": 7}
