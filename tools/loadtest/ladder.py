"""What a run tells of the overload ladder: how high it went, how soon it was back, what still got through meanwhile."""

from collections.abc import Sequence
from itertools import pairwise

from tools.loadtest.results import Load, Overload, Phase, Second

SETTLING = 3.0
"""Seconds at the beginning of a phase that tell of the phase before."""


def overload_of(
    ladder: Sequence[Load] | None, phases: Sequence[Phase], seconds: Sequence[Second]
) -> Overload | None:
    """Return the summary; None where no ladder was seen.

    Capacity is the best mean of a phase that was no overload; goodput is the worst of those that were.
    """
    if not ladder:
        return None
    offered = [phase for phase in phases if phase.rate_per_s and phase.seconds > SETTLING]
    calm = [_acked(phase, seconds) for phase in offered if not phase.overload]
    heavy = [_acked(phase, seconds) for phase in offered if phase.overload]
    capacity, goodput = max(calm, default=None), min(heavy, default=None)
    return Overload(
        highest_tier=max(load.tier for load in ladder),
        changes=sum(before.tier != after.tier for before, after in pairwise(ladder)),
        recovered_s=recovered_after(phases, ladder),
        capacity_per_s=capacity,
        goodput_per_s=goodput,
        goodput_share=goodput / capacity if goodput is not None and capacity else None,
    )


def _acked(phase: Phase, seconds: Sequence[Second]) -> float:
    first, last = phase.at_s + SETTLING, phase.at_s + phase.seconds
    counted = [second.acked for second in seconds if first <= second.at_s <= last - 1]
    return sum(counted) / len(counted) if counted else 0.0


def recovered_after(phases: Sequence[Phase], ladder: Sequence[Load]) -> float | None:
    """Return how many seconds after the end of the overload tier 0 was back for good; None if it was not, or never left.

    Where no phase is called an overload, the heaviest one is it.
    """
    marked = [phase for phase in phases if phase.overload]
    heaviest = max(
        marked or [phase for phase in phases if phase.rate_per_s],
        key=lambda phase: (phase.at_s if marked else phase.rate_per_s) or 0.0,
        default=None,
    )
    last = max((index for index, load in enumerate(ladder) if load.tier > 0), default=None)
    if heaviest is None or last is None or last + 1 >= len(ladder):
        return None
    return max(0.0, ladder[last + 1].at_s - (heaviest.at_s + heaviest.seconds))
