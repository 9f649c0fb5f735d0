"""What the Autobahn suite said of our socket still holds: the code it judged is the code that is here."""

from msgspec.json import decode
from msgspec.structs import replace

from tests.conformance.autobahn import RECORD, REFERENCE, Record, digest, findings, sorted_out


def recorded() -> Record:
    return decode(RECORD.read_bytes(), type=Record)


def test_the_suite_has_judged_the_code_that_is_here() -> None:
    assert recorded().judged == digest(), (
        "the socket has changed since Autobahn judged it: run `make autobahn`"
    )


def test_no_case_fails_that_plain_aiohttp_passes() -> None:
    assert findings(recorded().outcomes) == []


def test_a_case_that_fails_only_here_is_found_and_one_that_fails_there_too_is_not() -> None:
    outcomes = dict(recorded().outcomes)
    hot = outcomes["hot"]
    outcomes["hot"] = replace(hot, behaviour={**hot.behaviour, "FAILED": ["5.1"]})
    assert findings(outcomes) == ["hot: 5.1 fails, and passes with aiohttp"]
    outcomes[REFERENCE] = outcomes["hot"]
    assert findings(outcomes) == []


def test_a_suite_that_stopped_half_way_proves_nothing() -> None:
    outcomes = dict(recorded().outcomes)
    outcomes["hot"] = replace(outcomes["hot"], cases=246)
    del outcomes["fallback"]
    assert findings(outcomes) == ["hot: 246 cases ran, not 247", "fallback: was not judged"]


def test_a_close_that_fails_counts_too() -> None:
    index = {
        "1.1.1": {"behavior": "OK", "behaviorClose": "OK"},
        "6.4.1": {"behavior": "NON-STRICT", "behaviorClose": "OK"},
        "7.1.1": {"behavior": "OK", "behaviorClose": "UNCLEAN"},
    }
    outcome = sorted_out(index)
    assert (outcome.cases, outcome.behaviour, outcome.failed) == (3, {"NON-STRICT": ["6.4.1"]}, {"7.1.1"})
