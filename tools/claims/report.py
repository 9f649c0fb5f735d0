"""What `kefu claims` has to say: the table with where, when and how it was measured, and the same for programs."""

from typing import Any, Literal

import msgspec
from msgspec import Struct

from appliance.errors import Text
from tools.claims.rows import Row, standings
from tools.loadtest.report.figures import moment, seconds
from tools.loadtest.results import Environment

FORMAT = 1
BUSY = 0.5
"""With more than half of its cores wanted by others a machine is not quiet."""


class Report(Struct, frozen=True):
    """One call.  `started_at` in ms since 1970; `ended` says whether it came to its end."""

    started_at: int
    seconds: float
    quick: bool
    ended: Literal["complete", "interrupted"]
    environment: Environment
    rows: list[Row]
    load: float = 0.0
    """How many programs wanted a core on average in the minute before."""

    @property
    def subtitle(self) -> Text:
        """When, how long, on what."""
        place, when, took = self.environment, moment(self.started_at), seconds(self.seconds)
        gigabytes = round(place.memory_bytes / 2**30)
        form = Text("快速", "quick") if self.quick else Text("完整", "full")
        return Text(
            f"{when.zh} · {form.zh}，历时 {took.zh} · {place.cores} 核，{gigabytes} GB · kefu {place.kefu}",
            f"{when.en} · {form.en}, took {took.en} · {place.cores} cores, {gigabytes} GB · kefu {place.kefu}",
        )

    @property
    def sentence(self) -> Text:
        """The table in one sentence."""
        many = standings(self.rows)
        said = Text(
            f"{len(self.rows)} 条说法：在这台机器上实测到 {many['measured']} 条，未能重现 {many['not reproduced']} 条，未测 {many['not tested']} 条。",
            f"Of {len(self.rows)} claims {many['measured']} were measured on this machine, {many['not reproduced']} not reproduced, {many['not tested']} not tested.",
        )
        if self.load > BUSY * self.environment.cores:
            said = Text(
                f"{said.zh}开始时这台机器正忙着别的（负载 {self.load:.1f}），数字会因此变差。",
                f"{said.en} The machine was busy with other things before (load {self.load:.1f}); the figures suffer from that.",
            )
        if self.ended == "interrupted":
            return Text(f"{said.zh}中途停止。", f"{said.en} It was interrupted.")
        return said


def told(report: Report) -> dict[str, Any]:
    """Return the report for programs: texts in both languages, keys that stay."""
    return {
        "format": FORMAT,
        "started_at": report.started_at,
        "seconds": round(report.seconds, 1),
        "quick": report.quick,
        "ended": report.ended,
        "load": round(report.load, 2),
        "environment": msgspec.to_builtins(report.environment),
        "counts": standings(report.rows),
        "rows": [_row(row) for row in report.rows],
    }


def _row(row: Row) -> dict[str, Any]:
    claim = row.claim
    return {
        "key": row.key,
        "area": row.area._asdict(),
        "article": claim.says._asdict(),
        "bench": [msgspec.to_builtins(figure) for figure in row.bench],
        "here": claim.here._asdict(),
        "standing": claim.standing,
        "note": claim.note._asdict(),
    }
