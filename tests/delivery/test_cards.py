"""Cards show staff-only fields only when they are filled, and always say the nulls a client relies on."""

import msgspec

from appliance.delivery.cards import VisitorCard
from tests.delivery.log import card


def test_a_visitors_card_has_no_staff_fields_and_keeps_its_nulls() -> None:
    seen = msgspec.to_builtins(card(head=3))
    assert seen == {
        "id": "c1",
        "agent": None,
        "opened_at": 0,
        "closed_at": None,
        "head": 3,
        "unread": 0,
        "receipts": [],
        "last": None,
        "rating_asked": False,
        "form_asked": False,
        "menu": [],
    }


def test_staff_sees_the_visitor() -> None:
    seen = msgspec.structs.replace(card(), visitor=VisitorCard("v1", "小王", 2), state="人工")
    assert msgspec.to_builtins(seen)["visitor"] == {"id": "v1", "name": "小王", "level": 2}
