"""A made-up run of two generator processes, from which tests put results together."""

from tools.loadtest import results
from tools.loadtest.conductor import APPLIANCE, Course
from tools.loadtest.meters import Faults, Meter, Seconds
from tools.loadtest.tally import Reader, Stream, View
from tools.loadtest.wire import Final


def final(ack_ms: float = 2.0, slip_ms: float = 0.1) -> Final:
    """One process: two messages of v0 in second 0 and one in second 1, shown to a0."""
    seconds, ack, show, handshake, slip, lag = Seconds(), Meter(), Meter(), Meter(), Meter(), Meter()
    seconds.count("opened", 0)
    handshake.record(0, 0.003)
    for second in (0, 0, 1):
        for name in ("offered", "sent", "acked", "delivered"):
            seconds.count(name, second)
        ack.record(second, ack_ms / 1000)
        show.record(second, 2 * ack_ms / 1000)
        slip.record(second, slip_ms / 1000)
        lag.record(second, 0.0005)
    faults = Faults()
    faults.add("close 1006", 1.0, "v0 was disconnected with 1006")
    return Final(
        seconds=dict(seconds.rows),
        live={0: 1, 1: 1},
        latencies={
            "ack": ack.kept(),
            "ack_vip": Meter().kept(),
            "show": show.kept(),
            "handshake": handshake.kept(),
        },
        slip=slip.histogram.encode(),
        lag=lag.histogram.encode(),
        streams={"v0": Stream(3)},
        readers=[Reader("v0", {"v0": View(3)}), Reader("a0", {"v0": View(3)})],
        faults=faults.all(),
        backs=[0.5, 1.5],
        cut=2,
        unserved=0,
        journals=[],
    )


def course(*finals: Final, ended: str = "complete") -> Course:
    """A run of 100 s in which the appliance grows by 1 MB a second and the generator rests."""
    samples = [
        sample
        for at in range(0, 100, 5)
        for sample in (
            results.Resource(at, APPLIANCE, 0.5, 50_000_000 + at * 1_000_000, 30, 4096),
            results.Resource(at, "generator 1", 0.2, 40_000_000, 20, 4096),
        )
    ]
    phases = [results.Phase("talk", 0.0, 100.0, 1, 1, 0.03, 96)]
    return Course(1_700_000_000_000, 100.0, ended, phases, samples, list(finals), [], "r")
