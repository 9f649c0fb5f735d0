"""Close codes keep their promise: the range says whether to come back."""

import pytest

from appliance.delivery import codes


@pytest.mark.parametrize("row", codes.CLOSE_CODES.values(), ids=lambda row: row.name)
def test_the_range_tells_whether_the_client_comes_back(row: codes.CloseCode) -> None:
    comes_back = row.code in (1012, 1013) or 4000 <= row.code < 4500
    assert row.comes_back is comes_back
    assert row.meaning.zh
    assert row.meaning.en
    assert row.name.isidentifier()


def test_the_reason_is_the_name_or_the_ms_to_wait() -> None:
    assert codes.reason(codes.SLOW) == "slow"
    assert codes.reason(codes.OVERLOAD, 1500) == "1500"
    assert codes.reason(1000) == ""


def test_every_refusal_speaks_both_languages() -> None:
    assert all(text.zh and text.en for text in codes.REFUSALS.values())


def test_a_broken_protocol_names_code_cause_and_meaning() -> None:
    error = codes.broken(codes.BAD_FRAME, "坏", "bad")
    assert error.code == 4501
    assert error.say("en").startswith("bad ")
    assert error.say("zh").startswith("坏")
