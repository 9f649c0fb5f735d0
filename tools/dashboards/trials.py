"""What promtool lets happen to an alert: samples that must make it fire, and samples that must not."""

from msgspec import Struct

Series = tuple[tuple[str, str], ...]
"""Samples a minute apart in promtool's notation, by series: ("up", "1x10")."""


class Trial(Struct, frozen=True):
    """What comes in, and when (minutes after the start) it is looked whether the alert fires."""

    series: Series
    at: int


def series(name: str, labels: str = "") -> str:
    """Return the name of a series of one instance."""
    return f'{name}{{job="kefu",instance="a"{"," if labels else ""}{labels}}}'


def one(name: str, values: str, at: int, labels: str = "") -> Trial:
    """Return a trial with one series."""
    return Trial(((series(name, labels), values),), at)


def refusals(refused: str, taken: str, at: int) -> Trial:
    """Return a trial with so many messages refused and so many taken in."""
    return Trial(
        (
            (series("kefu_messages_refused_total", 'reason="full"'), refused),
            (series("kefu_messages_total", 'direction="in",kind="visitor"'), taken),
        ),
        at,
    )


def acks(within: str, every: str, at: int) -> Trial:
    """Return a trial with so many acknowledgements within 0.25 s, of so many."""
    return Trial(
        (
            (series("kefu_message_ack_seconds_bucket", 'le="0.25"'), within),
            (series("kefu_message_ack_seconds_count"), every),
        ),
        at,
    )


def latency(metric: str, quick: str, slow: str) -> Trial:
    """Return a trial in which `quick` of `slow` observations took at most 0.05 s and all at most 0.25 s."""
    name = f"{metric}_bucket"
    return Trial(
        (
            (series(name, 'le="0.05"'), quick),
            (series(name, 'le="0.25"'), slow),
            (series(name, 'le="+Inf"'), slow),
        ),
        30,
    )


def pair(one: tuple[str, str, str], other: tuple[str, str, str], at: int) -> Trial:
    """Return a trial with two series, each given by name, labels and values."""
    return Trial(tuple((series(name, labels), values) for name, labels, values in (one, other)), at)
