"""Refusals of the mailbox use words that the wire knows."""

import pytest

from appliance.delivery.codes import REFUSALS
from appliance.errors import Refused
from appliance.runtime import letters


@pytest.mark.parametrize("refusal", [letters.FULL, letters.UNKNOWN, letters.CONFLICT, letters.LATE], ids=str)
def test_every_refusal_is_a_word_of_the_wire(refusal: Refused) -> None:
    assert refusal.code in REFUSALS
    assert refusal.cause.zh
    assert refusal.cause.en


def test_only_a_full_mailbox_asks_to_come_back() -> None:
    assert letters.FULL.retry_after == letters.RETRY_AFTER_MS
    assert letters.CONFLICT.retry_after is None
