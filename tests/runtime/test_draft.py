"""Answers are kept in order until the unit is committed."""

from appliance import inputs
from appliance.runtime.draft import Draft
from appliance.runtime.letters import Acked, Letter, Outcome
from tests.runtime.house import VISITOR


def test_answers_wait_in_order_and_letters_without_a_reply_are_kept_too() -> None:
    draft, told = Draft(), list[Outcome]()
    asking = Letter(VISITOR, inputs.VisitorSaid("1", "a"), 0, told.append)
    silent = Letter(VISITOR, inputs.VisitorLeft(), 0)
    draft.answer(asking, Acked("c", 1, 5))
    draft.answer(silent, Acked("c", 2, 5))
    assert told == []
    assert draft.sent == [asking, silent]
    for reply, outcome in draft.replies:
        reply(outcome)
    assert told == [Acked("c", 1, 5)]
