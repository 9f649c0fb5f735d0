"""The local bus: everybody hears everything, in order, and nobody's failure is another's."""

import logging

import pytest

from appliance.buses.local import LocalBus
from appliance.ports import Bus, Published
from tests.delivery.log import MemoryLog, said

NEWS = Published("c1", "v1", (MemoryLog().add(said("x")),))


def test_it_is_a_bus() -> None:
    bus: Bus = LocalBus()
    heard: list[tuple[str, Published]] = []
    end = bus.subscribe(lambda news: heard.append(("a", news)))
    bus.subscribe(lambda news: heard.append(("b", news)))
    bus.publish(NEWS)
    end()
    end()
    bus.publish(NEWS)
    assert heard == [("a", NEWS), ("b", NEWS), ("b", NEWS)]


def test_the_same_listener_twice_hears_twice_and_ends_once_each() -> None:
    bus = LocalBus()
    heard: list[Published] = []
    first = bus.subscribe(heard.append)
    bus.subscribe(heard.append)
    first()
    first()
    bus.publish(NEWS)
    assert heard == [NEWS]


def test_a_failing_listener_harms_no_other(caplog: pytest.LogCaptureFixture) -> None:
    bus = LocalBus()
    heard: list[Published] = []

    def fails(news: Published) -> None:
        raise ZeroDivisionError

    bus.subscribe(fails)
    bus.subscribe(heard.append)
    with caplog.at_level(logging.ERROR):
        bus.publish(NEWS)
    assert heard == [NEWS]
    assert caplog.records[-1].__dict__["conversation"] == "c1"


def test_a_listener_that_ends_itself_while_hearing_takes_nobody_along() -> None:
    bus = LocalBus()
    heard: list[str] = []

    def once(news: Published) -> None:
        heard.append("once")
        end()

    end = bus.subscribe(once)
    bus.subscribe(lambda news: heard.append("always"))
    bus.publish(NEWS)
    bus.publish(NEWS)
    assert heard == ["once", "always", "always"]
