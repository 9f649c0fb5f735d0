"""The doors between the rules and the world: small Protocols with their contracts.

Every adapter of floor 3 implements one and is judged by tests/contract/.  Methods "(loop)" are called on the loop's thread.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from appliance.errors import StoreError
from appliance.history import Config, Outcome
from appliance.model import Agent, Audience, Checkpoint, Millis, Presence, Visitor
from appliance.records import Entry, Record


class Clock(Protocol):
    """The time of this appliance."""

    def now(self) -> Millis:
        """Return the wall time in ms; it never runs backwards, not even over a restart or a clock change."""
        ...


class Unit(Struct, frozen=True):
    """What one conversation commits at once, in one transaction: entries with consecutive seq.  `opens` names the visitor when the
    first is among them; Conflict while he has another open conversation.  `closes` ends it.  `favoured`: it may go before others."""

    conversation: str
    entries: tuple[Entry, ...]
    opens: Visitor | None = None
    bundle: str = ""
    closes: bool = False
    favoured: bool = False


class Owed(Struct, frozen=True, gc=False):
    """What an open conversation waits for, readable without its snapshot: next timer, wish for an agent, AI turn."""

    conversation: str
    due: Millis | None
    waiting: bool
    held: bool
    ai: bool


class Stored(Struct, frozen=True):
    """A conversation as the store has it: the last checkpoint (None: none yet) and all entries after it, in order."""

    conversation: str
    visitor: str
    bundle: str
    opened_at: Millis
    closed_at: Millis | None
    checkpoint: Checkpoint | None
    entries: tuple[Entry, ...]


class Marks(Struct, frozen=True, gc=False):
    """Receipts of one reader of a conversation: the highest seq delivered to him and read by him."""

    reader: str
    delivered: int = 0
    read: int = 0


class Summary(Struct, frozen=True, gc=False):
    """One line of a list of conversations."""

    conversation: str
    visitor: Visitor
    opened_at: Millis
    closed_at: Millis | None


class Log(Protocol):
    """The log of all conversations: the truth.

    Durability: when `done` is called with None, the unit survives kill -9 and a power cut.  Units of one conversation
    are committed in the order in which they were given.  A unit is committed whole or not at all; one bad unit never
    spoils the others of its batch.
    """

    def commit(self, unit: Unit, done: Callable[[StoreError | None], None]) -> None:
        """Store `unit`; later, on the loop, `done(None)`, or `done(error)` and nothing of the unit is stored.

        The error is a Conflict when the entries do not follow the last stored one (a unit after a failed one of the
        same conversation therefore fails too), a client id was used before, or the visitor has another open conversation.
        """
        ...

    def checkpoint(self, conversation: str, checkpoint: Checkpoint, owed: Owed) -> None:
        """Store a checkpoint in the background, never ahead of its entries.  A lost one costs only folding time."""
        ...

    async def load(self, conversation: str) -> Stored | None:
        """Return the conversation, or None when there is none of this id."""
        ...

    async def read(
        self,
        conversation: str,
        audience: Audience,
        after: int = 0,
        before: int | None = None,
        limit: int = 500,
        newest: bool = False,
    ) -> list[Entry]:
        """Return entries visible to `audience` with after < seq < before, ascending, at most `limit`.

        With `newest` the last `limit` of them, still ascending.  `visitor_prev` and `staff_prev` are set.
        """
        ...

    async def find(self, sender: str, cid: str) -> Entry | None:
        """Return the entry that `sender` sent under client id `cid`, in whatever conversation, or None."""
        ...

    async def recent_cids(self, conversation: str, limit: int = 256) -> list[Entry]:
        """Return the last `limit` entries of the conversation that carry a client id, ascending."""
        ...

    async def open_conversation(self, visitor: str) -> str | None:
        """Return the id of the visitor's open conversation, or None."""
        ...

    async def conversations(
        self,
        visitor: str | None = None,
        open_only: bool = False,
        before: Millis | None = None,
        limit: int = 50,
    ) -> list[Summary]:
        """Return conversations, newest first; of one visitor, or only open ones, opened before a time."""
        ...

    async def owed(self) -> list[Owed]:
        """Boot: return one Owed for each open conversation, as of its checkpoint."""
        ...

    async def touched(self) -> list[str]:
        """Boot: return the ids of conversations that have entries later than the oldest complete checkpoint."""
        ...

    async def mark(self, marks: Mapping[str, Sequence[Marks]]) -> None:
        """Raise receipts, by conversation, to the given maxima, all in one write; lower values change nothing."""
        ...

    async def marks(self, conversation: str) -> list[Marks]:
        """Return the receipts of all readers of the conversation."""
        ...

    async def newest_time(self) -> Millis:
        """Return the time of the newest entry, 0 when there is none."""
        ...

    async def epoch(self) -> str:
        """Return the epoch: random, changed only by a restore from a backup."""
        ...

    def failing(self) -> bool:
        """Return whether the store could not write within the last 10 s and has not written since (loop)."""
        ...

    def queue_depth(self) -> int:
        """Return the number of units that wait for the writer (loop)."""
        ...


class Login(Struct, frozen=True):
    """A signed-in browser: `key` is the SHA-256 of the cookie's secret, never the secret."""

    key: str
    agent: str
    expires_at: Millis
    created_at: Millis


class Invitation(Struct, frozen=True):
    """A one-time link: `key` is the SHA-256 of its secret; using it sets a password for `agent`."""

    key: str
    agent: str
    expires_at: Millis


class QuickReply(Struct, frozen=True):
    """A text agents reuse; `shortcut` is typed after "/"; empty `owner` means everybody's."""

    id: str
    shortcut: str
    text: str
    owner: str = ""


class Accounts(Protocol):
    """Staff, their logins and small possessions, and what staff knows of visitors."""

    async def agents(self) -> list[Agent]:
        """Return all agents, disabled ones too, by login."""
        ...

    async def agent(self, agent_id: str) -> Agent | None:
        """Return one agent."""
        ...

    async def agent_by_login(self, login: str) -> tuple[Agent, str] | None:
        """Return the agent and his argon2id hash ("" when he has no password yet)."""
        ...

    async def save_agent(self, agent: Agent, password_hash: str | None = None) -> None:
        """Insert or replace; the hash stays when None.  Raises Conflict when the login belongs to another agent."""
        ...

    async def set_presence(self, agent_id: str, presence: Presence, at: Millis) -> None:
        """Remember the status the agent chose last; it is restored when he comes back after a restart."""
        ...

    async def presences(self) -> dict[str, Presence]:
        """Return the remembered status of all agents that have one."""
        ...

    async def save_login(self, login: Login) -> None:
        """Insert a login."""
        ...

    async def login(self, key: str) -> Login | None:
        """Return a login, also an expired one."""
        ...

    async def delete_logins(self, agent_id: str, key: str | None = None) -> None:
        """Delete one login of the agent, or all of them."""
        ...

    async def save_invitation(self, invitation: Invitation) -> None:
        """Insert an invitation."""
        ...

    async def take_invitation(self, key: str, now: Millis) -> Invitation | None:
        """Return and delete an invitation that has not expired: two takers never both get it."""
        ...

    async def quick_replies(self, agent_id: str) -> list[QuickReply]:
        """Return everybody's and the agent's own, by shortcut."""
        ...

    async def save_quick_reply(self, reply: QuickReply) -> None:
        """Insert or replace."""
        ...

    async def delete_quick_reply(self, reply_id: str) -> None:
        """Delete; an unknown id changes nothing."""
        ...

    async def visitor(self, visitor_id: str) -> Visitor | None:
        """Return the visitor's profile as last saved."""
        ...

    async def save_visitor(self, visitor: Visitor, at: Millis) -> None:
        """Insert or replace."""
        ...

    async def last_agent(self, visitor_id: str) -> str:
        """Return the id of the agent who served this visitor last, or ""."""
        ...

    async def set_last_agent(self, visitor_id: str, agent_id: str) -> None:
        """Remember who served this visitor last."""
        ...


class Bundles(Protocol):
    """Compiled configurations that conversations are pinned to, by id (a hash of their content)."""

    async def put(self, bundle_id: str, source: bytes, at: Millis) -> None:
        """Keep `source`; putting the same id again makes it the newest one and changes nothing else."""
        ...

    async def get(self, bundle_id: str) -> bytes | None:
        """Return what was put, or None."""
        ...

    async def in_use(self) -> list[str]:
        """Return the ids that conversations need: open ones, and closed ones whose end is in no checkpoint yet."""
        ...

    async def pinned(self) -> dict[str, int]:
        """Return how many open conversations are pinned to each bundle, as of their checkpoints."""
        ...

    async def prune(self, keep: Collection[str]) -> None:
        """Forget all bundles but `keep`, those in use, and the NEWEST_BUNDLES put last."""
        ...


NEWEST_BUNDLES = 8
"""So many bundles are kept unneeded: a rollback may ask for one."""


class Configs(Protocol):
    """The history of configurations, newest last; at most one of them is live."""

    async def go_live(self, config: Config, former: Outcome = "past") -> Config:
        """Add `config` as the live one and return it with its id; the one that was live becomes `former`.

        One write: whatever happens, exactly one is live.  The oldest beyond MOST_CONFIGS are forgotten, but never the newest
        "past" one.
        """
        ...

    async def confirm(self, config: int, until: Millis | None = None) -> None:
        """The configuration need not be confirmed any more, or only `until` then."""
        ...

    async def configs(self) -> list[Config]:
        """Return all that are kept, newest first, with empty texts."""
        ...

    async def config(self, config: int) -> Config | None:
        """Return one with its text, or None."""
        ...


class Store(Log, Accounts, Bundles, Configs, Protocol):
    """A backend: all four ports over one database, opened by its class method and closed once."""

    async def close(self) -> None:
        """Commit what is waiting, release the database."""
        ...


class Published(Struct, frozen=True):
    """Entries that have just been committed, in order; `records` are what they hold, known in the process that made them."""

    conversation: str
    visitor: str
    entries: tuple[Entry, ...]
    records: tuple[Record, ...] = ()


class Bus(Protocol):
    """Carries committed entries and passing signals to whoever listens in this or, later, another process."""

    def publish(self, published: Published) -> None:
        """Hand out entries (loop; never blocks, never raises)."""
        ...

    def subscribe(self, listener: Callable[[Published], None]) -> Callable[[], None]:
        """Call `listener` for everything published from now on; return the call that ends it."""
        ...
