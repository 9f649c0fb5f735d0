"""Who may do what: the table, case by case."""

import msgspec
import pytest

from appliance import inputs
from appliance.conversation.permit import RECALL_MS, SYSTEM_ACTOR, Actor, permit
from appliance.model import Held, Snapshot, Visitor

VISITOR = Actor("visitor", "v1")
STRANGER = Actor("visitor", "v2")
OWNER = Actor("agent", "a1")
COLLEAGUE = Actor("agent", "a2")
CHIEF = Actor("agent", "s1", chief=True)

SERVED = Snapshot("c1", Visitor("v1"), "b", 0, held=Held("a1", "李", "人工服务", 0))

SAID = inputs.VisitorSaid("c", "hi")
REPLIED = inputs.AgentSaid("a1", "c", "hi")
CLOSED = inputs.AgentClosed("a1", "c")
MOVED = inputs.AgentTransferred("a1", "c", to_queue="售后")
JOINED = inputs.StaffJoined("s1", "c")
OFFER_TAKEN = inputs.AgentAccepted("a2", "王", 1)


def verdict(snapshot: Snapshot, actor: Actor, source: inputs.Input, now: int = 0) -> str:
    refusal = permit(snapshot, actor, source, now, lambda who, seq: 0 if (who, seq) == ("v1", 3) else None)
    return refusal.code if refusal else "ok"


@pytest.mark.parametrize(
    ("actor", "source", "expected"),
    [
        (VISITOR, SAID, "ok"),
        (STRANGER, SAID, "not_yours"),
        (VISITOR, REPLIED, "not_yours"),
        (VISITOR, inputs.VisitorKnown(Visitor("v1", level=9)), "not_yours"),
        (VISITOR, inputs.AgentClosed("v1", "c"), "not_yours"),
        (OWNER, REPLIED, "ok"),
        (COLLEAGUE, REPLIED, "not_yours"),
        (CHIEF, REPLIED, "not_yours"),
        (OWNER, CLOSED, "ok"),
        (COLLEAGUE, CLOSED, "not_yours"),
        (CHIEF, CLOSED, "ok"),
        (OWNER, MOVED, "ok"),
        (OWNER, inputs.AgentTransferred("a1", "c", to_agent="a2"), "ok"),
        (OWNER, inputs.AgentTransferred("a1", "c", to_agent="a1"), "invalid"),
        (CHIEF, inputs.AgentTransferred("s1", "c", to_agent="a1"), "invalid"),
        (CHIEF, inputs.AgentTransferred("s1", "c", to_agent="s1"), "ok"),
        (OWNER, JOINED, "denied"),
        (CHIEF, JOINED, "ok"),
        (OWNER, SAID, "not_yours"),
        (COLLEAGUE, OFFER_TAKEN, "not_yours"),
        (SYSTEM_ACTOR, OFFER_TAKEN, "ok"),
        (VISITOR, inputs.Custom("paid"), "not_yours"),
    ],
)
def test_the_table(actor: Actor, source: inputs.Input, expected: str) -> None:
    assert verdict(SERVED, actor, source) == expected


def test_a_supervisor_who_joined_may_write() -> None:
    joined = msgspec.structs.replace(SERVED, joined=("s1",))
    assert verdict(joined, CHIEF, REPLIED) == "ok"


def test_nobody_may_do_anything_in_a_closed_conversation() -> None:
    closed = msgspec.structs.replace(SERVED, closed_at=1)
    for actor, source in ((VISITOR, SAID), (OWNER, REPLIED), (CHIEF, CLOSED), (SYSTEM_ACTOR, OFFER_TAKEN)):
        assert verdict(closed, actor, source) == "closed"


def test_the_fourth_transfer_is_refused() -> None:
    passed_around = msgspec.structs.replace(SERVED, transfers=3)
    assert verdict(passed_around, OWNER, MOVED) == "invalid"


def test_recall_is_for_the_author_and_for_two_minutes() -> None:
    own = inputs.Recalled("v1", "c", 3)
    assert verdict(SERVED, VISITOR, own, RECALL_MS) == "ok"
    assert verdict(SERVED, VISITOR, own, RECALL_MS + 1) == "invalid"
    assert verdict(SERVED, VISITOR, inputs.Recalled("v1", "c", 4), 0) == "invalid"
