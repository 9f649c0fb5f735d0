"""Zones against the plainest of judges: every reading up to a limit, one by one."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.flow.verify_zones import FREE, Zone

MOST = 9
CLOCKS = ("a", "b")
Readings = set[tuple[int, ...]]

acts = st.lists(
    st.one_of(
        st.just(("elapse",)),
        st.tuples(st.just("limit"), st.sampled_from(CLOCKS), st.integers(0, 6), st.integers(0, 6)),
        st.tuples(st.just("least"), st.sampled_from(CLOCKS), st.integers(0, 6)),
        st.tuples(st.just("reset"), st.sampled_from(CLOCKS)),
    ),
    max_size=8,
)


def held(zone: Zone) -> Readings:
    """Return the readings up to MOST that a zone holds, by the meaning of its bounds."""
    side = len(zone.clocks) + 1
    found: Readings = set()
    for reading in itertools.product(range(MOST + 1), repeat=len(zone.clocks)):
        values = (0, *reading)
        pairs = itertools.product(range(side), repeat=2)
        if all(values[one] - values[other] <= zone.bounds[one * side + other] for one, other in pairs):
            found.add(reading)
    return found


def plainly(readings: Readings, act: tuple[object, ...]) -> Readings:
    match act:
        case ("elapse",):
            later = {tuple(each + by for each in reading) for reading in readings for by in range(MOST + 1)}
            return {reading for reading in later if max(reading) <= MOST}
        case ("limit", clock, int(low), int(more)):
            place = CLOCKS.index(str(clock))
            return {reading for reading in readings if low <= reading[place] <= low + more}
        case ("least", clock, int(low)):
            place = CLOCKS.index(str(clock))
            return {reading for reading in readings if low <= reading[place]}
        case (_, clock):
            place = CLOCKS.index(str(clock))
            return {
                tuple(0 if at == place else each for at, each in enumerate(reading)) for reading in readings
            }
    raise AssertionError(act)


def applied(zone: Zone, act: tuple[object, ...]) -> Zone | None:
    match act:
        case ("elapse",):
            zone.elapse()
        case ("limit", clock, int(low), int(more)):
            return zone if zone.limit(clock, low, low + more) else None
        case ("least", clock, int(low)):
            return zone if zone.limit(clock, low) else None
        case (_, clock):
            return zone.onto(CLOCKS, frozenset((clock,)))
    return zone


@given(acts)
@settings(max_examples=200)
def test_zones_hold_exactly_the_readings_that_are_possible(steps: list[tuple[object, ...]]) -> None:
    zone = Zone(CLOCKS)
    readings: Readings = {(0, 0)}
    for act in steps:
        readings = plainly(readings, act)
        after = applied(zone, act)
        if after is None:
            # What lies beyond MOST is out of sight for the plain judge only.
            assert readings == set()
            return
        zone = after
        if act[0] != "reset":
            assert held(zone) == readings
        readings = held(zone)
        late = zone.late(MOST)
        # The far corner is one of the zone's own readings.
        pairs = list(zip(CLOCKS, (late[clock] for clock in CLOCKS), strict=True))
        assert all(zone.copy().limit(clock, at, at) for clock, at in pairs)
        corner = zone.copy()
        assert all(corner.limit(clock, at, at) for clock, at in pairs)


def test_a_clock_beyond_its_limit_is_only_late() -> None:
    zone = Zone(CLOCKS)
    zone.elapse()
    assert zone.limit("a", 8, 8)
    one = zone.onto(CLOCKS, frozenset(("b",)))
    one.widen({"a": 5, "b": 5})
    assert one.limit("a", 100)
    other = zone.onto(CLOCKS, frozenset(("b",)))
    other.widen({"a": 8, "b": 5})
    assert not other.limit("a", 9)


def test_clocks_come_and_go() -> None:
    zone = Zone(("a",))
    zone.elapse()
    assert zone.limit("a", 3, 4)
    more = zone.onto(("b", "a"), frozenset(("b",)))
    assert more.late(0) == {"b": 0, "a": 4}
    more.elapse()
    assert more.limit("b", 2, 2)
    assert not more.copy().limit("a", 7)
    assert more.onto(("a",), frozenset()).late(0) == {"a": 6}


def test_inclusion() -> None:
    small, large = Zone(("a",)), Zone(("a",))
    large.elapse()
    assert small.within(large)
    assert not large.within(small)
    assert large.bounds[2] == FREE
