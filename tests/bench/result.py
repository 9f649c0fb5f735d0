"""What one measurement says. Speed is only ever judged here, never in a timed test: machines are busy, tests are not."""

from typing import Literal

from msgspec import Struct


class Result(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One number, with what it is worth.

    `goal` is the number promised in the design, in the same unit. `reference` is what a bare prototype of the same work
    reached in the same run on the same machine: absolute numbers differ by machine, the ratio travels.
    `better` says which direction is good: "less" for times and memory, "more" for rates.  `note` is a sentence about what came out.
    """

    name: str
    value: float
    unit: str
    better: Literal["less", "more"] = "less"
    goal: float | None = None
    reference: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Return value / reference; None without a reference or when the reference is zero."""
        return self.value / self.reference if self.reference else None

    @property
    def met(self) -> bool | None:
        """Tell whether the goal is met; None where no goal is set."""
        if self.goal is None:
            return None
        return self.value <= self.goal if self.better == "less" else self.value >= self.goal
