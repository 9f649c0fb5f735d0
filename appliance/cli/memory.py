"""What the process does with its memory: how seldom the collector looks, and what is given back to the system."""

import ctypes
import gc

COLLECT = (50_000, 20, 100)
"""Thresholds of the garbage collector: new objects, then young and middle-aged collections."""


def calm_collector() -> None:
    """Let the garbage collector look seldom, and never again at what was built for the start.

    A message leaves no cycles behind, so the default thresholds only cost: a fifth of the time under load, and pauses of
    100 ms when the collector walked over every conversation in memory (tests/bench/bench_core.py).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT)


def give_back() -> None:
    """Return to the system what malloc keeps of freed memory, where malloc is glibc's: by itself it returns only the end of it.

    1 ms when there is nothing to return, about 25 ms for 100 MB.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
