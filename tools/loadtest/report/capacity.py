"""What load the run carried, and how far it was from a limit.  The definitions, as the report prints them:

*Carried* is the highest rate, averaged over ten seconds in a row, at which at least 99 % of the offered messages were acknowledged
in the same ten seconds and none was refused.  *The limit* is the lowest offered rate above it that was not kept up with; a run
that never failed to keep up has found no limit, and then the carried rate is "at least".  *Headroom* is the part of one core
that the busiest process of the appliance had left in those ten seconds: one process uses one core, so it is where a
limit would come from first; what it would truly carry is a guess until a run with more load has shown it.
"""

from collections.abc import Iterator

from msgspec import Struct

from tools.loadtest.report.figures import known
from tools.loadtest.results import Resource, Results, Second

WINDOW = 10
KEPT_UP = 0.99
GENERATOR = ("generator", "load")
"""Processes whose names begin so belong to the load test, not to the appliance."""


class Capacity(Struct, frozen=True):
    """What was found.  Rates are messages a second; `people` is the most connections that were open at once."""

    people: int
    first_failed_at: int | None
    carried: float | None
    carried_at_s: float | None
    limit: float | None
    windows: int
    kept_up: int
    headroom: float | None


def capacity(results: Results) -> Capacity:
    """Return what the run carried; a part of which nothing is known is None, or 0 people."""
    carried: tuple[float, float] | None = None
    failed: list[float] = []
    windows = kept = 0
    for window in _windows(results.throughput):
        offered, acked, refused = (
            sum(getattr(second, name) for second in window) for name in ("offered", "acked", "refused")
        )
        if offered <= 0:
            continue
        windows += 1
        if acked >= KEPT_UP * offered and refused == 0:
            kept += 1
            carried = max(carried or (0.0, 0.0), (acked / len(window), window[0].at_s))
        else:
            failed.append(offered / len(window))
    floor = carried[0] if carried else 0.0
    return Capacity(
        people=max((second.live for second in results.ramp), default=0),
        first_failed_at=next((second.live for second in results.ramp if second.failed > 0), None),
        carried=carried[0] if carried else None,
        carried_at_s=carried[1] if carried else None,
        limit=min((rate for rate in failed if rate > floor), default=None),
        windows=windows,
        kept_up=kept,
        headroom=_headroom(results.resources, carried[1]) if carried else None,
    )


def _windows(throughput: list[Second]) -> Iterator[list[Second]]:
    """Yield ten seconds after ten seconds; a rest shorter than that only if it is all there is."""
    for start in range(0, len(throughput), WINDOW):
        window = throughput[start : start + WINDOW]
        if len(window) == WINDOW or start == 0:
            yield window


def of_appliance(resource: Resource) -> bool:
    """Tell whether a sample is of the appliance and not of the generator."""
    return not resource.process.lower().startswith(GENERATOR)


def _headroom(resources: list[Resource], start: float) -> float | None:
    """Return the least part of a core that was left while the carried rate was measured."""
    used = [
        resource.cpu
        for resource in resources
        if of_appliance(resource) and start <= resource.at_s <= start + WINDOW and known(resource.cpu)
    ]
    return max(0.0, 1 - max(used)) if used else None
