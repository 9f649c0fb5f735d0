"""Who a peer is decides what it may see."""

import pytest

from appliance.delivery.commands import Peer
from appliance.model import Audience
from tests.delivery.log import AGENT, CHIEF, VISITOR


def test_visitors_see_less_than_staff() -> None:
    assert VISITOR.audience is Audience.VISITOR
    assert AGENT.audience is Audience.STAFF


@pytest.mark.parametrize(("peer", "chief"), [(VISITOR, False), (AGENT, False), (CHIEF, True)])
def test_only_supervisors_and_owners_are_chiefs(peer: Peer, chief: bool) -> None:
    assert peer.chief is chief
