"""The desk's promises, over whatever sequence of events; and for each promise a desk that breaks it and is caught."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from appliance.dispatch.lines import AGED, LIVE, Key, Line, Wish
from appliance.dispatch.matching import Matching
from appliance.dispatch.roster import Roster, Seat, Slot
from appliance.dispatch.rules import QueueRule
from appliance.model import Millis
from tests.property.desk_machine import DeskMachine

QUICK = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
HUNT = settings(
    QUICK,
    max_examples=2_000,
    phases=(Phase.generate,),
    report_multiple_bugs=False,
    database=None,
    derandomize=True,
    print_blob=False,
)


def test_the_desk_keeps_its_promises() -> None:
    run_state_machine_as_test(DeskMachine, settings=QUICK)


def _room_for_everybody(self: Seat, rule: QueueRule) -> bool:
    return self.load <= self.agent.capacity


def _two_owners(self: Roster, seat: Seat, conversation: str, queue: str, slot: Slot | None) -> None:
    self.owners.pop(conversation, None)
    _hold(self, seat, conversation, queue, slot)


def _last_come_first_served(self: Line, wish: Wish, now: Millis) -> Key:
    rank, priority, since, number = _key(self, wish, now)
    return (rank, priority, -since if rank != AGED else since, number)


def _never_ageing(self: Line, wish: Wish, now: Millis) -> Key:
    rank, _, since, number = _key(self, wish, now)
    return (LIVE if rank == AGED and not wish.want.vip else rank, -wish.want.priority, since, number)


def _refresh_drops_ready(self: Roster, seat: Seat, now: Millis) -> bool:
    if seat.sessions == 1 and seat.chosen == "ready":
        seat.chosen = "busy"
    return _disconnect(self, seat, now)


def _forget_the_slot_only(self: Matching, slot: Slot) -> None:
    self.forget(slot)


def _serves_nobody_who_waits(self: Matching, seat: Seat) -> None:
    """An agent has room again, and nobody looks who waits."""


def _keeps_shown_offers(self: Matching, wish: Wish) -> None:
    wish.slot = None


def _asks_twice(self: Matching, wish: Wish) -> None:
    """A wish that is there again does not know of its offer."""


_hold, _key, _disconnect = Roster.hold, Line.key, Roster.disconnect

MUTANTS: list[tuple[type, str, Callable[..., Any], str]] = [
    (Seat, "has_room", _room_for_everybody, "over capacity"),
    (Roster, "hold", _two_owners, "two owners|offered while owned"),
    (Line, "key", _last_come_first_served, "not FIFO"),
    (Line, "key", _never_ageing, "passed over one who has aged"),
    (Matching, "has_room", _serves_nobody_who_waits, "a free agent and an asker coexist"),
    (
        Roster,
        "disconnect",
        _refresh_drops_ready,
        "a status that nobody chose|a refresh changed|shown otherwise",
    ),
    (Matching, "release", _forget_the_slot_only, "a slot leaked"),
    (Matching, "give_up_offer", _keeps_shown_offers, "shown an offer that nobody|a slot leaked"),
    (Matching, "find_offer", _asks_twice, "a slot leaked"),
]


@pytest.mark.parametrize(
    ("owner", "name", "wrong", "caught"), [pytest.param(*one, id=one[2].__name__) for one in MUTANTS]
)
def test_a_desk_that_breaks_a_promise_is_caught(
    owner: type, name: str, wrong: Callable[..., Any], caught: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, name, wrong)
    with pytest.raises(AssertionError, match=f"^({caught})"):
        run_state_machine_as_test(DeskMachine, settings=HUNT)
