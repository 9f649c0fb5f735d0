"""Made-up findings for the tests: everything measured, with fixed figures; and the report on them."""

from typing import Any

import msgspec

from appliance.errors import Text
from tests.tools.loadtest.report.sample import empty, environment, totals
from tools.claims.findings import (
    Beats,
    Begin,
    Change,
    Codec,
    Cost,
    Desk,
    Fanout,
    Findings,
    Killed,
    Ladder,
    Left,
    Peers,
    Pool,
    Pooling,
    Runtime,
)
from tools.claims.report import Report
from tools.claims.rows import rows
from tools.loadtest.results import Burst, Ramp

PEERS = Peers(100, 50.0, [])
KILLED = Killed(600, 0, [])
BEATS = Beats(12, 600_000, 180.0, 4.0, 2_800.0, 0)
CHANGE = Change(3, 7.5, 12.6, True, "first", "vip", 0)
POOLING = Pooling(Cost(290, 0), Cost(6_690, 0), Cost(159, 0), Cost(221, 0), Cost(508, 7_600))
RUNTIME = Runtime(149, 2_208, 3_206, 2, 1_422, 5_789)
DESK = Desk(250, 250, 1_456, 0, 5, 8)
LADDER = Ladder([1, 2, 3, 0], [0, 1, 2, 3, 0], ["read_receipts", "typing"], 1_079, 0, 0, 0, 0)
LEFT = Left(5_250, 27, 27, 0)
BURST = Burst(10, 91_000_000, 100_000_000, 700_000, 800_000)


def findings(**changes: Any) -> Findings:
    """Return findings in which everything was measured; `changes` replace parts."""
    return msgspec.structs.replace(
        Findings(
            peers=PEERS,
            connect=empty(ramp=[Ramp(0.0, 5_251, 0, 5_251)]),
            day=empty(seconds=110.0, totals=totals(offered=876_332, acked=876_332)),
            killed=KILLED,
            beats=BEATS,
            burst=BURST,
            change=CHANGE,
            pools=[Pool("db", 10, 0), Pool("sessions", 99, 1)],
            pooling=POOLING,
            ladder=LADDER,
            runtime=RUNTIME,
            desk=DESK,
            fanout=[Fanout(2, 1_235, 1_141), Fanout(10, 647, 1_156)],
            begin=Begin(1, 0.52, False),
            report_bytes=198_656,
            topology_bytes=None,
            profile_bytes=None,
            left=LEFT,
            codec=Codec(4, 40_000, 0),
            missing={
                "topology_bytes": Text("时间不够", "ran out of time"),
                "profile_bytes": Text("被中断", "interrupted"),
            },
        ),
        **changes,
    )


def report(**changes: Any) -> Report:
    """Return the report on them."""
    return msgspec.structs.replace(
        Report(1_795_705_200_000, 47.3, True, "complete", environment(), rows(findings())), **changes
    )
