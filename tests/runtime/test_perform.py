"""Every effect reaches whom it is for."""

import pytest

from appliance import effects, inputs
from appliance.runtime.perform import Performer
from tests.runtime.house import Told

DESK: list[effects.Effect] = [
    effects.WantAgent("售前", 5, True, 1),
    effects.WithdrawWish(),
    effects.HoldAgent("a1", "售前"),
    effects.FreeAgent("a1"),
    effects.RefuseOffer("a1", 1),
]


def test_each_effect_goes_where_it_belongs_and_in_order() -> None:
    told = Told()
    posted: list[tuple[str, inputs.Input]] = []
    performer = Performer(
        told, told, told.set_timer, lambda conversation, source: posted.append((conversation, source))
    )
    offer = effects.ShowOffer("a1", 2, "售前")
    performer.perform("c1", [effects.SetTimer(99), *DESK, offer, effects.Remind("a1"), effects.AskAi(7)])
    assert told.due == {"c1": 99}
    assert [effect for _, effect in told.desk] == [*DESK, offer]
    assert told.offers == ["c1"]
    assert told.reminded == [("c1", "a1")]
    assert posted == [("c1", inputs.AiFailed(7, "ai is off"))]


def test_a_defect_in_one_effect_costs_no_other(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Told):
        def take(self, conversation: str, effect: effects.Effect) -> None:
            raise KeyError(conversation)

    told = Broken()
    Performer(told, told, told.set_timer, lambda conversation, source: None).perform(
        "c1", [effects.FreeAgent("a1"), effects.SetTimer(99)]
    )
    assert told.due == {"c1": 99}
    assert vars(caplog.records[-1])["effect"] == "FreeAgent"
