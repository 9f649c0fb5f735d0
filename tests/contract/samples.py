"""Conversations for store tests, made the way a mailbox makes them: dense seq, and the previous seq of each audience."""

import asyncio
from collections.abc import Sequence

from appliance import inputs, records
from appliance.errors import StoreError
from appliance.model import Agent, Audience, Checkpoint, Heads, Snapshot, Visitor
from appliance.ports import Owed, Store, Unit
from appliance.records import Entry

T0 = 1_760_000_000_000


class Draft:
    """A conversation being written: `unit(...)` makes the next commit unit and moves on."""

    def __init__(self, conversation: str, visitor: str = "", bundle: str = "b1", opened_at: int = T0) -> None:
        self.id = conversation
        self.visitor = Visitor(visitor or f"visitor-of-{conversation}", name="王小明")
        self.bundle = bundle
        self.heads = Heads()
        self.at = opened_at

    def entry(
        self,
        text: str = "你好",
        audience: Audience = Audience.VISITOR,
        cid: str | None = None,
        sender: str = "",
    ) -> Entry:
        """Return the next entry: a message of the visitor, or, without a cid, something the flow said."""
        record: records.Record = (
            records.Said("system", text)
            if cid is None
            else records.Happened(inputs.VisitorSaid(cid=cid, text=text))
        )
        made = Entry(
            self.id,
            self.heads.seq + 1,
            self.at,
            audience,
            records.encode(record),
            self.heads.visitor,
            self.heads.staff,
            (sender or self.visitor.id) if cid else None,
            cid,
        )
        seq = made.seq
        self.heads = Heads(
            seq,
            seq if audience >= Audience.VISITOR else self.heads.visitor,
            seq if audience >= Audience.STAFF else self.heads.staff,
        )
        self.at += 1
        return made

    def unit(self, *entries: Entry, closes: bool = False) -> Unit:
        """Return a unit of `entries`, or of one fresh entry; the first unit opens the conversation."""
        made = entries or (self.entry(),)
        opens = self.visitor if made[0].seq == 1 else None
        return Unit(self.id, made, opens, self.bundle if opens else "", closes)

    def checkpoint(self, heads: Heads | None = None, bundle: str = "") -> Checkpoint:
        """Return a checkpoint at `heads`, by default at the end of what was drafted."""
        snapshot = Snapshot(
            self.id,
            self.visitor,
            bundle or self.bundle,
            T0,
            active=("服务", "等待"),
            vars={"n": 1, "t": "好"},
        )
        return Checkpoint(snapshot, heads or self.heads, 1)

    def owed(
        self, due: int | None = None, waiting: bool = False, held: bool = False, ai: bool = False
    ) -> Owed:
        """Return what the conversation owes."""
        return Owed(self.id, due, waiting, held, ai)


async def outcome(store: Store, unit: Unit) -> StoreError | None:
    """Commit `unit` and return what `done` was called with."""
    return (await outcomes(store, [unit]))[0]


async def outcomes(store: Store, units: Sequence[Unit]) -> list[StoreError | None]:
    """Commit `units` at once, as one burst, and return what each `done` was called with."""
    loop = asyncio.get_running_loop()
    answers: list[asyncio.Future[StoreError | None]] = [loop.create_future() for _ in units]
    for unit, answer in zip(units, answers, strict=True):
        store.commit(unit, answer.set_result)
    return await asyncio.gather(*answers)


async def stored(store: Store, *units: Unit) -> None:
    """Commit `units`; all of them must succeed."""
    failures = [str(error) for error in await outcomes(store, units) if error is not None]
    assert failures == [], failures


async def everything(store: Store, conversation: str) -> list[Entry]:
    """Return the whole log of the conversation."""
    return await store.read(conversation, Audience.NONE, limit=1_000_000)


def agent(number: int, login: str = "") -> Agent:
    """Return an agent."""
    return Agent(
        f"agent-{number}", login or f"login-{number}", f"客服{number}", skills=("售前",), caps={"VIP专席": 2}
    )
