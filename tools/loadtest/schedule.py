"""When everything is to happen: moments that depend on the seed alone, never on what comes back.

That is what makes a load open: a slow server does not slow its visitors down, and latency is counted from these moments.
"""

from collections.abc import Iterator
from random import Random

from tools.loadtest.scenario import Pace


def moments(rate: float, seconds: float, pace: Pace, dice: Random) -> Iterator[float]:
    """Yield the offsets in seconds of `rate` events a second for `seconds`: a Poisson process, or evenly spaced.

    Evenly spaced ones begin at a random place of the first interval, so that many processes do not march in step.
    """
    if rate <= 0:
        return
    at = dice.expovariate(rate) if pace == "poisson" else dice.random() / rate
    while at < seconds:
        yield at
        at += dice.expovariate(rate) if pace == "poisson" else 1 / rate


def arrivals(count: int, seconds: float, dice: Random) -> Iterator[float]:
    """Yield `count` ascending offsets in seconds within `seconds`: one in each equal part, at a random place of it."""
    for number in range(count):
        yield (number + dice.random()) * seconds / count


def merged(*sources: Iterator[float]) -> Iterator[tuple[float, int]]:
    """Yield (offset, number of the source) of all sources in the order of time."""
    heads = [next(source, None) for source in sources]
    while True:
        due = [(head, number) for number, head in enumerate(heads) if head is not None]
        if not due:
            return
        at, number = min(due)
        yield at, number
        heads[number] = next(sources[number], None)
