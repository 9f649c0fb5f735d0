"""The measurements cover every part of the table, and the quick ones fit into their minute."""

from pathlib import Path

from tools.claims.house import House
from tools.claims.peers import Sentry
from tools.claims.plan import FULL_SECONDS, QUICK_SECONDS, plan, sizes
from tools.claims.rows import TABLE, Asked
from tools.loadtest.report.claims import CONNECTIONS, RECORD_DAY


def test_every_part_of_the_table_is_measured_by_somebody() -> None:
    asked = {each.part for each in TABLE if isinstance(each, Asked)}
    measured = [part for each in plan(House(Path(), Sentry()), sizes(quick=False)) for part in each.parts]
    assert len(measured) == len(set(measured))
    # Whom the appliance talks to is looked at during all of them.
    assert asked == {*measured, "peers"}


def test_the_quick_form_fits() -> None:
    quick = plan(House(Path(), Sentry()), sizes(quick=True))
    assert sum(each.least for each in quick) < QUICK_SECONDS < 60
    assert QUICK_SECONDS < FULL_SECONDS
    assert all("day" not in each.parts for each in quick)


def test_the_sizes_are_those_of_the_claims() -> None:
    assert sizes(quick=True).crowd.people >= CONNECTIONS
    assert sizes(quick=True).crowd.desk > 200
    assert sizes(quick=False).day >= RECORD_DAY
    assert sizes(quick=False).crowd.people + sizes(quick=False).crowd.desk == 19_000


def test_a_scale_makes_fewer_and_never_none() -> None:
    tiny = sizes(quick=False, scale=0.001)
    assert tiny.crowd.people >= 1
    assert tiny.crowd.desk >= 1
    assert tiny.day == 870
