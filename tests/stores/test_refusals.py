"""The shared refusals: each says cause and remedy in both languages."""

import pytest

from appliance.errors import Conflict, StoreError
from appliance.stores import refusals
from appliance.stores.refusals import closed, conflict, malformed, out_of_sequence


@pytest.mark.parametrize(
    "error",
    [
        closed(),
        malformed("no entries"),
        out_of_sequence("c1", 7, 3),
        *(
            conflict(cause)
            for cause in (
                refusals.ALREADY_OPEN,
                refusals.ID_TAKEN,
                refusals.CID_USED,
                refusals.SEQ_TAKEN,
                refusals.LOGIN_TAKEN,
            )
        ),
    ],
)
def test_cause_and_remedy_are_told_in_both_languages(error: StoreError) -> None:
    assert all([*error.cause, *error.remedy])


def test_a_gap_names_the_place() -> None:
    error = out_of_sequence("c1", 7, 3)
    assert isinstance(error, Conflict)
    for text in error.cause:
        assert "c1" in text
        assert "7" in text
        assert "3" in text


def test_a_taken_login_is_mended_by_another_name_not_by_loading_again() -> None:
    assert conflict(refusals.LOGIN_TAKEN).remedy != conflict(refusals.CID_USED).remedy
