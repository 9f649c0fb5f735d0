"""What one load test found: the JSON that the report is drawn from and that a later run is compared with.

Nothing here is computed from anything else here: percentages, verdicts and charts are the report's business.  Times of day
are milliseconds since 1970 (UTC); every other time says its unit in its name.  `at_s` counts from the start of the run.  A
part that a run did not touch is None, which the report shows as "not tested".
"""

from typing import Literal

import msgspec
from msgspec import Struct

FORMAT = 1


class Environment(Struct, frozen=True):
    """The machine, and what ran on it.  `same_machine`: the generator took its share of the same cores."""

    kefu: str
    python: str
    system: str
    processor: str
    cores: int
    memory_bytes: int
    files_a_process: int
    store: str
    same_machine: bool
    packages: dict[str, str]


class Phase(Struct, frozen=True):
    """One phase of the scenario.  `rate_per_s` is what is offered in it; None where the phase only connects or waits.

    `overload`: more is offered than the appliance can take, on purpose.
    """

    name: str
    at_s: float
    seconds: float
    visitors: int
    agents: int
    rate_per_s: float | None
    message_bytes: int
    overload: bool = False


class Ramp(Struct, frozen=True):
    """Connections in one second of the run."""

    at_s: float
    opened: int
    failed: int
    live: int


class Second(Struct, frozen=True):
    """Messages in one second of the run.  `offered` is by the schedule, `sent` what the generator managed to send;
    `delivered` counts events shown to whoever was to see them."""

    at_s: float
    offered: int
    sent: int
    acked: int
    delivered: int
    refused: int


class Totals(Struct, frozen=True):
    """The whole run.  `findings` are the oracle's sentences (English), one for each loss, double or break of order;
    `judged` tells whether the clients' journals were compared with the database, too."""

    connections: int
    offered: int
    sent: int
    acked: int
    delivered: int
    refused: int
    unanswered: int
    lost: int
    duplicated: int
    out_of_order: int
    judged: Literal["journals", "journals and database"]
    findings: list[str]


class Slot(Struct, frozen=True):
    """One column of the heat map: the upper edges of latency in ms, doubling from 0.25, and how many fell below each."""

    at_s: float
    counts: list[int]


class Latency(Struct, frozen=True):
    """From the *intended* send time.  `histogram` is the base64 form of HdrHistogram (V2, compressed), in microseconds."""

    count: int
    mean_ms: float
    p50_ms: float
    p75_ms: float
    p90_ms: float
    p95_ms: float
    p99_ms: float
    p999_ms: float
    max_ms: float
    histogram: str
    heat: list[Slot]


class Load(Struct, frozen=True):
    """A sample of the overload ladder: load as a share of capacity, the tier, what was switched off, what caused the tier."""

    at_s: float
    load: float
    tier: int
    off: list[str]
    cause: str = ""


class Rung(Struct, frozen=True):
    """A threshold of the ladder, as shares of full load."""

    tier: int
    enter: float
    leave: float


class Overload(Struct, frozen=True):
    """What the ladder did in all.  `recovered_s`: from the end of the overload to tier 0 for good.

    `capacity_per_s` is the best mean of a calm phase, `goodput_per_s` the worst of an overloaded one, both in messages stored
    and acknowledged a second; None where the run had no such phase.
    """

    highest_tier: int
    changes: int
    recovered_s: float | None
    capacity_per_s: float | None
    goodput_per_s: float | None
    goodput_share: float | None


class Resource(Struct, frozen=True):
    """A sample of one process.  `cpu` is the share of one core since the sample before.  `kernel_bytes`: socket memory of the
    whole machine; None where it cannot be read.  `loop_lag_ms` and `collections` are None where the process does not tell."""

    at_s: float
    process: str
    cpu: float
    rss_bytes: int
    files: int
    kernel_bytes: int | None = None
    loop_lag_ms: float | None = None
    collections: int | None = None


class SelfCheck(Struct, frozen=True):
    """Whether the generator itself was the limit.  A slip is how much later than planned a message was sent.

    `why` (English) and `why_zh` say what makes the run invalid; both are "" when nothing does.
    """

    processes: int
    cpu_p95: float
    lag_p99_ms: float
    slip_p50_ms: float
    slip_p99_ms: float
    slip_max_ms: float
    saturated: bool
    why: str
    why_zh: str = ""


class Error(Struct, frozen=True):
    """One kind of error: a close code, a refusal's code, a failed handshake ..., the first time and one example."""

    kind: str
    count: int
    first_at_s: float
    example: str


class Storm(Struct, frozen=True):
    """Everybody was cut off at once: how long after that the clients were welcome again."""

    clients: int
    back_p50_s: float
    back_p99_s: float
    all_back_s: float | None


class Soak(Struct, frozen=True):
    """The straight line through RSS over time (least squares), first tenth of the run left out."""

    minutes: float
    slope_bytes_per_hour: float
    first_rss_bytes: int
    last_rss_bytes: int


class Burst(Struct, frozen=True):
    """Memory of the appliance and of the kernel's sockets before the burst and at its highest."""

    slow_readers: int
    before_rss_bytes: int
    highest_rss_bytes: int
    before_kernel_bytes: int
    highest_kernel_bytes: int


class Idle(Struct, frozen=True):
    """What one connection costs while it is silent: RSS with all of them less RSS with none, divided."""

    connections: int
    empty_rss_bytes: int
    full_rss_bytes: int


class Target(Struct, frozen=True):
    """One goal of the scenario (SLO).  `measure` is a dotted place in these results: "latencies.ack.p99_ms"."""

    name: str
    measure: str
    at_most: float | None = None
    at_least: float | None = None
    unit: str = ""
    name_zh: str = ""
    """The name in Chinese; "" where the scenario gives only one."""


class Results(Struct, frozen=True, kw_only=True):
    """A whole run.  `command` is what to type to repeat it; `ended` says how it ended."""

    format: int = FORMAT
    scenario: str
    title_zh: str
    title_en: str
    started_at: int
    seconds: float
    ended: Literal["complete", "interrupted"]
    command: list[str]
    seed: int
    config_sha256: str
    environment: Environment
    targets: list[Target]
    phases: list[Phase]
    ramp: list[Ramp]
    throughput: list[Second]
    totals: Totals
    latencies: dict[str, Latency]
    """By what is waited for: "ack" (stored), "ack_vip" (the same of VIPs only), "show" (seen by the other side), "handshake"
    (connection to welcome)."""
    resources: list[Resource]
    generator: SelfCheck
    errors: list[Error]
    ladder: list[Load] | None = None
    rungs: list[Rung] | None = None
    overload: Overload | None = None
    idle: Idle | None = None
    burst: Burst | None = None
    storm: Storm | None = None
    soak: Soak | None = None
    profiles: dict[str, str] | None = None
    """Collapsed stacks by moment ("idle", "peak")."""


def encode(results: Results) -> bytes:
    """Return the JSON file of a run."""
    return msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n"


def decode(data: bytes) -> Results:
    """Read such a file; raises msgspec.DecodeError or ValidationError."""
    return msgspec.json.decode(data, type=Results)
