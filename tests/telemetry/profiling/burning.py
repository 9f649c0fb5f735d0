"""Work of a known size: functions that use so much CPU time of their thread, and say so in their names."""

import time


def one_part(seconds: float) -> None:
    """Use CPU time."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        sum(range(200))


def three_parts(seconds: float) -> None:
    """Use CPU time."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        sum(range(200))


ONE = f"{__name__}.one_part"
THREE = f"{__name__}.three_parts"


def share(profile_of: dict[str, tuple[int, int]]) -> float:
    """Return the share of the three parts among the four, by what each has in itself."""
    one, three = profile_of[ONE][0], profile_of[THREE][0]
    return three / (one + three)
