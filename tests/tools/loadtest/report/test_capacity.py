"""Capacity by its definition: ten seconds, 99 % confirmed, none refused."""

import pytest

from tests.tools.loadtest.report.sample import empty
from tools.loadtest.report.capacity import capacity
from tools.loadtest.results import Ramp, Resource, Second


def ten(at: int, offered: int, acked: int, refused: int = 0) -> list[Second]:
    return [Second(float(at + index), offered, offered, acked, acked, refused) for index in range(10)]


def test_without_a_failure_no_limit_is_claimed() -> None:
    found = capacity(empty(throughput=[*ten(0, 100, 100), *ten(10, 300, 299)]))
    assert (found.carried, found.carried_at_s, found.limit) == (299, 10.0, None)


@pytest.mark.parametrize("broken", [ten(10, 300, 290), ten(10, 300, 300, refused=1)])
def test_the_limit_lies_between_what_kept_up_and_what_did_not(broken: list[Second]) -> None:
    found = capacity(empty(throughput=[*ten(0, 100, 100), *broken]))
    assert (found.carried, found.limit, found.windows, found.kept_up) == (100, 300, 2, 1)


def test_headroom_is_of_the_busiest_process_of_the_appliance_meanwhile() -> None:
    resources = [
        Resource(3.0, "node-1", 0.7, 1, 1),
        Resource(3.0, "generator-1", 0.99, 1, 1),
        Resource(40.0, "node-1", 0.95, 1, 1),
    ]
    found = capacity(empty(throughput=ten(0, 100, 100), resources=resources))
    assert found.headroom == pytest.approx(0.3)


def test_of_nothing_nothing_is_known() -> None:
    found = capacity(empty())
    assert (found.people, found.carried, found.limit, found.headroom) == (0, None, None, None)


def test_the_first_failed_connection_is_remembered() -> None:
    found = capacity(empty(ramp=[Ramp(0.0, 10, 0, 10), Ramp(1.0, 5, 2, 15)]))
    assert (found.people, found.first_failed_at) == (15, 15)
