"""The two doors fit: what the channels implement is a Link, what tests and the runtime implement is a Gateway."""

from appliance.channels.gateway import POLL_PRESENCE, Gateway, Link, Upgrade
from appliance.channels.longpoll import PollLink
from appliance.delivery.session import Session
from tests.channels.gateway import FakeGateway, FixedClock


def test_a_poll_is_a_link_and_the_fake_is_a_gateway() -> None:
    gateway: Gateway = FakeGateway()
    link: Link = PollLink(Session("visitor", 0), gateway, FixedClock(), Upgrade("visitor"))
    assert link.peer is None


def test_a_poll_counts_as_presence_longer_than_it_waits() -> None:
    assert POLL_PRESENCE == 33_000
