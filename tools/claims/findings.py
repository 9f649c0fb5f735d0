"""What `kefu claims` measured, as plain figures: nothing here is judged, and what was not measured is None.

Times say their unit in their name.  The four claims that a load test can speak about keep the results of it.
"""

from msgspec import Struct, field

from appliance.errors import Text
from tools.loadtest.results import Burst, Results


class Peers(Struct, frozen=True):
    """Whom the appliance talked to: it was looked at `looks` times in `seconds`; `outside` are addresses off this machine."""

    looks: int
    seconds: float
    outside: list[str]


class Killed(Struct, frozen=True):
    """SIGKILL in the middle of a load: of `acked` messages that had been confirmed, `lost` were not in the database."""

    acked: int
    lost: int
    findings: list[str]


class Beats(Struct, frozen=True):
    """Heartbeats on connections whose queue was full: how late they came, and what a message of the same time waited."""

    beats: int
    waiting_bytes: int
    late_ms: float
    idle_late_ms: float
    message_ms: float
    cut: int


class Change(Struct, frozen=True):
    """VIPs first: `lines` of the file changed, from the text to live, and who was served first before and after."""

    lines: int
    check_ms: float
    live_ms: float
    fails_without: bool
    before: str
    after: str
    cut: int


class Pool(Struct, frozen=True):
    """One pool of the appliance after a load."""

    name: str
    hits: int
    misses: int


class Cost(Struct, frozen=True):
    """What an operation costs: ns, and collections in a million of them."""

    ns: float
    collections: float


class Pooling(Struct, frozen=True):
    """With pooling and made anew, each in the same run; `cyclic` is a context as it is often written, with a cycle."""

    kept_decoder: Cost
    made_decoder: Cost
    kept_context: Cost
    made_context: Cost
    cyclic_context: Cost


class Runtime(Struct, frozen=True):
    """One event of a conversation: by a mailbox, by a task of its own, by a pool of `threads` threads; bytes when idle."""

    mailbox_ns: float
    task_ns: float
    pool_ns: float
    threads: int
    mailbox_bytes: float
    task_bytes: float


class Fanout(Struct, frozen=True):
    """One delivery to one of `readers`: ours, and with each reader's frame encoded for him."""

    readers: int
    ours_ns: float
    each_ns: float


class Desk(Struct, frozen=True):
    """One agent's conversations at once, and what became of the messages in them."""

    planned: int
    held: int
    acked: int
    lost: int
    threads_before: int
    threads_after: int


class Ladder(Struct, frozen=True):
    """Tiers that were wanted and those that the appliance then said it was on, what was off at the highest, and the messages."""

    wanted: list[int]
    seen: list[int]
    off: list[str]
    acked: int
    lost: int
    duplicated: int
    out_of_order: int
    unanswered: int


class Begin(Struct, frozen=True):
    """A start on an empty directory: how many commands, how long, and whether all of the program is one file."""

    commands: int
    seconds: float
    one_file: bool


class Left(Struct, frozen=True):
    """Open files before anybody came and after all had gone, and connections that the appliance still counts."""

    people: int
    files_before: int
    files_after: int
    sockets: int


class Codec(Struct, frozen=True):
    """One codec used by many threads at once."""

    threads: int
    calls: int
    wrong: int


class Findings(Struct, kw_only=True):
    """Everything.  `missing` says why a part was not measured, by its name here."""

    peers: Peers | None = None
    connect: Results | None = None
    day: Results | None = None
    killed: Killed | None = None
    beats: Beats | None = None
    burst: Burst | None = None
    change: Change | None = None
    pools: list[Pool] | None = None
    pooling: Pooling | None = None
    ladder: Ladder | None = None
    runtime: Runtime | None = None
    desk: Desk | None = None
    fanout: list[Fanout] | None = None
    begin: Begin | None = None
    report_bytes: int | None = None
    topology_bytes: int | None = None
    profile_bytes: int | None = None
    left: Left | None = None
    codec: Codec | None = None
    missing: dict[str, Text] = field(default_factory=dict)
