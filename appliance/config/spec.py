"""kefu.yaml after reading: frozen, typed, every default filled in, every unit in integers.

This is the intermediate form between the text and the running system: the compiler, the diagrams and `plan` read it
and never the YAML.  Every node keeps its place (`at`), so that whoever finds fault with it later can show the line.
Durations are integer milliseconds, percentages floats 0..1, sizes bytes.
"""

from collections.abc import Callable, Mapping
from typing import Literal

from msgspec import Struct

from appliance.config.diagnostics import NOWHERE, Span
from appliance.config.hours import Hours
from appliance.config.listen import Listen
from appliance.errors import ConfigError, Text
from appliance.model import Millis, Value

Strategy = Literal["sticky", "least_busy", "round_robin"]


class Guard(Struct, frozen=True):
    """A condition as it was written.  `at` is the span of the text inside any quotes."""

    source: str
    at: Span = NOWHERE

    def place(self, start: int, end: int) -> Span:
        """Return the span of source[start:end]; the whole guard when it does not stand on one line as written."""
        if self.at.line != self.at.end_line or self.at.end_column - self.at.column != len(self.source):
            return self.at
        column = self.at.column + start
        return Span(self.at.line, column, self.at.line, max(self.at.column + end, column + 1))


class Secret(Struct, frozen=True):
    """Where a secret is found: the environment or a file.  It is resolved when used and never printed."""

    kind: Literal["env", "file"]
    where: str
    at: Span = NOWHERE

    def resolve(self, environment: Mapping[str, str], read: Callable[[str], str]) -> str:
        """Return the secret, without the line break at the end of its file.

        `read` returns the text of a file.  Raises ConfigError when the secret is not there or empty: an unset
        variable must never become an empty key.
        """
        try:
            found = environment.get(self.where, "") if self.kind == "env" else read(self.where)
        except (OSError, UnicodeDecodeError):
            found = ""
        if found.strip():
            return found.strip()
        if self.kind == "env":
            cause = Text(
                f"环境变量 {self.where} 没有设置", f"the environment variable {self.where} is not set"
            )
            raise ConfigError(cause, Text("设置它再启动", "set it before the start"))
        cause = Text(
            f"读不到密钥文件 {self.where}", f"the secret file {self.where} cannot be read or is empty"
        )
        raise ConfigError(cause, Text("检查路径和权限", "check its path and permissions"))


class Site(Struct, frozen=True):
    """Whose desk it is.  `origins` may embed the widget, beside the appliance's own."""

    name: str = "在线客服"
    timezone: str = "Asia/Shanghai"
    origins: tuple[str, ...] = ()
    identity_secret: Secret | None = None
    at: Span = NOWHERE


class Overflow(Struct, frozen=True):
    """Visitors who waited `after` in a queue may be served by the agents of queue `to`, too."""

    to: str
    after: Millis
    at: Span = NOWHERE


class Queue(Struct, frozen=True):
    """A queue.  `cap` limits one agent's conversations of this queue; `ageing` ends all overtaking of one visitor.

    `hours` are its own, None: those of the site.
    """

    name: str
    when: Guard | None = None
    first: Literal["", "vip"] = ""
    overflow: Overflow | None = None
    strategy: Strategy = "sticky"
    accept: Literal["auto", "manual"] = "auto"
    offer: Millis = 20_000
    cap: int = 500
    ageing: Millis = 300_000
    hours: Hours | None = None
    at: Span = NOWHERE


class Welcome(Struct, frozen=True):
    """What a visitor sees before his first message: the name of a message, items to choose from."""

    say: str = ""
    menu: tuple[str, ...] = ()
    at: Span = NOWHERE


class Action(Struct, frozen=True):
    """An action by its canonical name.  A bare value has already become the main argument."""

    name: str
    args: dict[str, Value] = {}
    at: Span = NOWHERE


class Transition(Struct, frozen=True):
    """One alternative.  `to` None: actions only, no state is left."""

    to: str | None = None
    when: Guard | None = None
    actions: tuple[Action, ...] = ()
    reenter: bool = False
    at: Span = NOWHERE
    to_at: Span = NOWHERE


class Handler(Struct, frozen=True):
    """What a state does on `event` (canonical): the alternatives in file order."""

    event: str
    transitions: tuple[Transition, ...]
    at: Span = NOWHERE


class After(Struct, frozen=True):
    """What a state does `delay` after it was entered."""

    delay: Millis
    transitions: tuple[Transition, ...]
    at: Span = NOWHERE


class State(Struct, frozen=True):
    """A state.  `initial` is "" for a state without children and for one that is `parallel`: it enters them all.

    With `history` it is no state but a way back into its parent; `initial` is then where it leads the first time, "" to
    where the parent begins.
    """

    name: str
    initial: str = ""
    states: tuple["State", ...] = ()
    on: tuple[Handler, ...] = ()
    after: tuple[After, ...] = ()
    always: tuple[Transition, ...] = ()
    entry: tuple[Action, ...] = ()
    exit: tuple[Action, ...] = ()
    final: bool = False
    parallel: bool = False
    history: Literal["", "shallow", "deep"] = ""
    at: Span = NOWHERE


class Guarantee(Struct, frozen=True):
    """What the operator promises: once `source` is entered, or `on` happens in it, one of `reach` is active `within`.

    `on` is canonical, "" for none.  The promise is no part of what a conversation runs by; flow/verify.py explores it.
    """

    name: str
    source: str
    reach: tuple[str, ...]
    within: Millis
    on: str = ""
    at: Span = NOWHERE
    within_at: Span = NOWHERE


class Flow(Struct, frozen=True):
    """A flow.  `on_error` "" means that a failing conversation is parked.  `vars` holds first values."""

    name: str
    initial: str
    states: tuple[State, ...]
    on_error: str = ""
    vars: dict[str, Value] = {}
    guarantees: tuple[Guarantee, ...] = ()
    at: Span = NOWHERE


class Message(Struct, frozen=True):
    """A text for visitors, a Jinja2 template."""

    name: str
    text: str
    at: Span = NOWHERE


class Alerts(Struct, frozen=True):
    """When supervisors are told that something is wrong, and where."""

    to: tuple[str, ...] = ("console",)
    when: tuple[Guard, ...] = ()
    at: Span = NOWHERE


class Threshold(Struct, frozen=True):
    """One rung of the overload ladder: entered above `enter`, left below `leave` (shares of full load).

    `delay` is how long pushes may wait, for delay_push only.
    """

    enter: float
    leave: float
    action: str
    delay: Millis = 0
    at: Span = NOWHERE


class Pools(Struct, frozen=True):
    """How many there may be: connections that read the database, conversations in memory (idle ones wait in the store)."""

    db: int = 4
    sessions: int = 20_000
    at: Span = NOWHERE


class Storage(Struct, frozen=True):
    """Where the data is kept: SQLite in the data directory; records between two snapshots of a conversation.

    `rate` is how many records may be committed in a second, 0: as many as the disk takes.  A disk that is shared, and a rehearsal
    of overload, have a limit that is not that of the machine.
    """

    url: Literal["sqlite"] = "sqlite"
    snapshot_every: int = 32
    rate: int = 0
    at: Span = NOWHERE


class Limits(Struct, frozen=True):
    """Bounds on what others may send or make us keep."""

    message_bytes: int = 8 * 1024
    body_bytes: int = 1024 * 1024
    outbox_bytes: int = 1024 * 1024
    outbox_events: int = 256
    mailbox: int = 256
    connections: int = 15_000
    sessions_per_visitor: int = 8
    messages_per_minute: int = 120
    transfers: int = 3
    presence_grace: Millis = 45_000
    ping_every: Millis = 25_000
    pong_within: Millis = 8_000
    at: Span = NOWHERE


class TrialStep(Struct, frozen=True):
    """At `time` (since the beginning) `event` happens, or nothing (""); then the conversation is in `state`.

    `text` is what stood behind the event: the message, the menu item.
    """

    time: Millis
    state: str
    event: str = ""
    text: str = ""
    at: Span = NOWHERE
    state_at: Span = NOWHERE


class Trial(Struct, frozen=True):
    """One of the operator's own tests.  `given` maps canonical variables to values.

    With `begins` the conversation begins at that moment and the opening hours of the file apply; without, the desk is
    open unless `given` says otherwise.
    """

    name: str
    steps: tuple[TrialStep, ...]
    given: dict[str, Value] = {}
    begins: Millis | None = None
    at: Span = NOWHERE


THRESHOLDS = (
    Threshold(0.70, 0.60, "read_receipts_off"),
    Threshold(0.85, 0.75, "delay_push", 2_000),
    Threshold(0.95, 0.85, "simple_protocol"),
)


class Spec(Struct, frozen=True):
    """The whole of kefu.yaml."""

    flows: dict[str, Flow]
    site: Site = Site()
    listen: Listen = Listen()
    vip: Guard | None = None
    hours: Hours = Hours()
    queues: tuple[Queue, ...] = (Queue("客服"),)
    ai: Literal["off"] = "off"
    welcome: Welcome = Welcome()
    messages: dict[str, Message] = {}
    alerts: Alerts = Alerts()
    thresholds: tuple[Threshold, ...] = THRESHOLDS
    pools: Pools = Pools()
    storage: Storage = Storage()
    limits: Limits = Limits()
    tests: tuple[Trial, ...] = ()

    @property
    def main(self) -> Flow:
        """The flow that conversations run."""
        return self.flows["main"]

    def queue(self, name: str) -> Queue | None:
        """Return the queue called `name`, None when there is none."""
        return next((queue for queue in self.queues if queue.name == name), None)

    def hours_of(self, name: str) -> Hours:
        """Return the opening hours of the queue called `name`, those of the site when it has none of its own."""
        queue = self.queue(name)
        return queue.hours if queue is not None and queue.hours is not None else self.hours
