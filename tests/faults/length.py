"""How long the fault tests are: short within `make test`, long by `make faults`, which sets FAULTS=long."""

import os
from typing import TypeVar

T = TypeVar("T")

LENGTHS = ("short", "long")


def chosen(environment: str | None) -> str:
    """Return the length that FAULTS names; raises ValueError for anything else."""
    length = environment or LENGTHS[0]
    if length not in LENGTHS:
        raise ValueError(f"FAULTS={environment}: it is one of {', '.join(LENGTHS)}")
    return length


LENGTH = chosen(os.environ.get("FAULTS"))


def times(short: T, long: T) -> T:
    """Return whichever belongs to this run."""
    return short if LENGTH == "short" else long


def did(what: str) -> None:
    """Say what a test did, where the long form is read by a person."""
    if LENGTH == "long":
        print(f"\n  {what}", flush=True)
