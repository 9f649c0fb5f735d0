"""Refusals of the mailbox use words that the wire knows, and being sent back loses nothing that nobody would ask again."""

import pytest

from appliance import inputs
from appliance.conversation.permit import SYSTEM_ACTOR
from appliance.delivery.codes import REFUSALS
from appliance.errors import Refused
from appliance.runtime import letters
from appliance.runtime.letters import RETRY, Letter, Outcome, sent_back
from tests.runtime.house import VISITOR


@pytest.mark.parametrize("refusal", [letters.FULL, letters.UNKNOWN, letters.CONFLICT, letters.LATE], ids=str)
def test_every_refusal_is_a_word_of_the_wire(refusal: Refused) -> None:
    assert refusal.code in REFUSALS
    assert refusal.cause.zh
    assert refusal.cause.en


def test_only_a_full_mailbox_asks_to_come_back() -> None:
    assert letters.FULL.retry_after == letters.RETRY_AFTER_MS
    assert letters.CONFLICT.retry_after is None


def test_whoever_can_ask_again_is_sent_back_and_the_others_are_kept() -> None:
    answers: list[Outcome] = []
    timer = Letter(SYSTEM_ACTOR, inputs.TimerDue(1), 0)
    said = [Letter(VISITOR, inputs.VisitorSaid(f"000{n}", "话"), 0, answers.append) for n in (1, 2)]
    assert list(sent_back([said[0], timer, said[1]])) == [timer]
    assert answers == [RETRY, RETRY]
