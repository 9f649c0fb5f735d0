"""What a run tells of the ladder: how high, how soon back, what got through."""

from tools.loadtest.ladder import overload_of, recovered_after
from tools.loadtest.results import Load, Phase, Second


def phase(name: str, at: float, seconds: float, rate: float | None, overload: bool = False) -> Phase:
    return Phase(name, at, seconds, 10, 1, rate, 96, overload)


def acked(*rates: tuple[int, int, int]) -> list[Second]:
    """Return seconds; each rate is (from, to, acked a second)."""
    return [Second(at, 0, 0, rate, 0, 0) for first, last, rate in rates for at in range(first, last)]


PHASES = [
    phase("in", 0, 10, None),
    phase("calm", 10, 20, 100),
    phase("storm", 30, 30, 300, True),
    phase("after", 60, 60, 10),
]
LADDER = [
    *(Load(at, 0.2, 0, []) for at in range(30)),
    Load(32, 2.0, 1, ["typing"]),
    Load(32.25, 2.0, 2, []),
    Load(32.5, 2.0, 3, []),
    Load(90, 0.1, 2, []),
    Load(100, 0.1, 1, []),
    Load(110, 0.1, 0, []),
    Load(119, 0.1, 0, []),
]


def test_goodput_is_compared_with_the_best_calm_phase() -> None:
    found = overload_of(LADDER, PHASES, acked((10, 30, 100), (30, 60, 90), (60, 120, 10)))
    assert found is not None
    assert (found.highest_tier, found.changes, found.recovered_s) == (3, 6, 50.0)
    assert (found.capacity_per_s, found.goodput_per_s, found.goodput_share) == (100, 90, 0.9)


def test_the_beginning_of_a_phase_does_not_count() -> None:
    found = overload_of(LADDER, PHASES, acked((10, 13, 0), (13, 30, 100), (30, 33, 900), (33, 60, 50)))
    assert found is not None
    assert found.goodput_share == 0.5


def test_without_an_overload_on_purpose_nothing_is_compared() -> None:
    found = overload_of(LADDER, PHASES[:2], acked((10, 30, 100)))
    assert found is not None
    assert (found.goodput_per_s, found.goodput_share) == (None, None)
    assert overload_of(None, PHASES, []) is None
    assert overload_of([], PHASES, []) is None


def test_nothing_stored_is_no_share_of_nothing() -> None:
    found = overload_of(LADDER, PHASES, [])
    assert found is not None
    assert found.goodput_share is None


def test_who_never_left_or_never_came_back_has_no_recovery() -> None:
    assert recovered_after(PHASES, LADDER[:30]) is None
    assert recovered_after(PHASES, LADDER[:-2]) is None
    assert recovered_after([], LADDER) is None


def test_where_no_phase_is_called_an_overload_the_heaviest_is_it() -> None:
    phases = [phase("a", 0, 50, 100), phase("b", 50, 50, 500), phase("c", 100, 50, 10)]
    assert recovered_after(phases, LADDER) == 10.0
