"""One mailbox a conversation: the only place where a conversation changes.

A mailbox is a queue with one commit unit in flight, not a task: idle conversations cost nothing but their snapshot.
Whatever arrives while a unit is being committed forms the next unit.  The order is always the same: dedup, permit,
step, commit, and only then deliver, acknowledge and perform.
"""

import logging
from collections import deque
from functools import partial

from appliance import inputs
from appliance.conversation.dedup import Sent, Window, fingerprint
from appliance.conversation.numbering import number
from appliance.conversation.owed import owed, owed_effects
from appliance.conversation.permit import SYSTEM_ACTOR, permit
from appliance.effects import RefuseOffer, Step
from appliance.errors import Conflict, StoreError
from appliance.flow.graph import Graph
from appliance.flow.migrate import migrated
from appliance.flow.scope import Scope
from appliance.flow.step import STEP_VERSION, step_safely
from appliance.inputs import Input
from appliance.model import Checkpoint, Heads, Millis, Snapshot, Value
from appliance.ports import Unit
from appliance.runtime.draft import Draft
from appliance.runtime.house import House
from appliance.runtime.letters import (
    CONFLICT,
    FULL,
    LATE,
    RETRY,
    RETRY_AFTER_MS,
    UNKNOWN,
    Acked,
    Letter,
    Outcome,
    sent_back,
)
from appliance.runtime.reading import answer_conflict, first_ack

MOST_IN_UNIT = 64
MOST_DUE_TIMERS = 100

_log = logging.getLogger("kefu.mailbox")


class Mailbox:
    """The one writer of a conversation.  All methods run on the event loop and return at once."""

    __slots__ = (
        "_busy",
        "_house",
        "_resting",
        "_saved",
        "_waiting",
        "at",
        "committed",
        "failed_reads",
        "graph",
        "heads",
        "id",
        "place",
        "snapshot",
        "visitor",
        "window",
    )

    def __init__(self, conversation: str, house: House, graph: Graph | None = None) -> None:
        """`graph` is given for a conversation that is about to open; without it the store is asked first."""
        self.id = conversation
        self.graph = graph
        self.snapshot: Snapshot | None = None
        self.heads = self.committed = Heads()
        """`committed` leaves out the unit in flight: it is what may be promised to a reader."""
        self.window = Window()
        self.place: tuple[str, ...] = ()
        self.visitor = ""
        """Whose conversation this is, once known."""
        self.failed_reads = self._saved = 0
        """Failed attempts to read it back; it is tried again, ever more rarely, and nobody else waits for that."""
        self._house = house
        self._waiting: deque[Letter] = deque()
        self._busy = self._resting = False
        self.at: Millis = 0
        """When the last input happened."""

    @property
    def quiet(self) -> bool:
        """Whether nothing waits here and nothing is in flight."""
        return not self._busy and not self._waiting

    def post(self, letter: Letter) -> None:
        """Take in a letter; its reply, if any, is called exactly once, later or before this returns."""
        if letter.reply is not None:
            full = len(self._waiting) >= self._house.live.now.spec.limits.mailbox
            if self._resting or full:
                letter.reply(RETRY if self._resting else FULL)
                return
        self._waiting.append(letter)
        if not self._busy:
            self._run()

    def wake(self) -> None:
        """Load the conversation if it is not in memory: its owed effects are then performed."""
        if self.graph is None and not self._busy:
            self._begin_load()

    def nudge(self, now: Millis) -> None:
        """A timer is due.  Due timers precede any letter, so a letter that says nothing else is enough."""
        self.post(Letter(SYSTEM_ACTOR, inputs.TimerDue(-1), now))

    def checkpoint(self) -> None:
        """Hand the store a checkpoint if there is anything newer than the last one."""
        if self.snapshot is not None and self._saved < self.heads.seq and not self._busy:
            self._saved = self.heads.seq
            saved = Checkpoint(self.snapshot, self.heads, STEP_VERSION)
            self._house.log.checkpoint(self.id, saved, owed(self.snapshot))

    # ---- one turn: what waits becomes one unit

    def _run(self) -> None:
        if self.graph is None:
            self._begin_load()
            return
        draft = Draft()
        doubtful: Letter | None = None
        while self._waiting and len(draft.entries) < MOST_IN_UNIT:
            letter = self._waiting[0]
            if not self._take(letter, draft):
                doubtful = letter
                break
            self._waiting.popleft()
        if draft.entries:
            self._commit(draft)
        else:
            self._settle(draft)
            if doubtful is not None:
                self._busy = True
                self._house.spawn("dedup", partial(self._ask_store, doubtful))
            else:
                # What was answered may have brought the next letter: a refused slot is offered again at once.
                self._go_on()

    def _take(self, letter: Letter, draft: Draft) -> bool:
        """Put one letter into the draft; False when only the store can tell whether it came before."""
        source, at = letter.input, max(letter.at, self.at)
        cid = getattr(source, "cid", "")
        sender = letter.actor.id
        if cid:
            before = self.window.look(sender, cid)
            if before == "in doubt":
                return False
            if isinstance(before, Sent):
                same = before.fingerprint == fingerprint(source)
                answer: Outcome = Acked(self.id, before.seq, before.at) if same else CONFLICT
                draft.answer(letter, answer)
                return True
        if self.snapshot is None:
            return self._open(letter, at, draft)
        self._fire_due_timers(at, draft)
        transfers = self._house.live.now.spec.limits.transfers
        refusal = permit(self.snapshot, letter.actor, source, at, self.window.time_of, transfers)
        if refusal is not None:
            if isinstance(source, inputs.Offered):
                draft.effects.append(RefuseOffer(source.agent, source.visit))
            draft.answer(letter, refusal)
            return True
        seq = self.heads.seq + 1
        step = self._apply(source, at, draft)
        if not step.records:
            draft.answer(letter, LATE)
            return True
        if cid:
            self.window.remember(sender, cid, Sent(seq, at, fingerprint(source)))
        draft.answer(letter, Acked(self.id, seq, at))
        return True

    def _open(self, letter: Letter, at: Millis, draft: Draft) -> bool:
        source = letter.input
        if not isinstance(source, inputs.Opened):
            draft.answer(letter, UNKNOWN)
            return True
        draft.opens = source.visitor
        self.visitor = source.visitor.id
        self._apply(source, at, draft)
        self.window.remember(letter.actor.id, source.cid, Sent(1, at, fingerprint(source)))
        draft.answer(letter, Acked(self.id, 1, at))
        return True

    def _fire_due_timers(self, at: Millis, draft: Draft) -> None:
        """A timer that is due precedes whatever arrives now."""
        for _ in range(MOST_DUE_TIMERS):
            snapshot = self.snapshot
            if snapshot is None or not snapshot.timers or snapshot.timers[0].due > at or not snapshot.open:
                return
            self._apply(inputs.TimerDue(snapshot.timers[0].order), at, draft)

    def _apply(self, source: Input, at: Millis, draft: Draft) -> Step:
        graph = self.graph
        assert graph is not None  # noqa: S101  # _run loads before it takes; this tells the type checker
        self.at = at
        if type(source) is inputs.Migrated:
            step = self._moved(graph, source, draft)
        else:
            step = step_safely(graph, self.snapshot, source, self._read, at)
        snapshot = self.snapshot = step.snapshot
        if step.records:
            entries, self.heads = number(self.id, snapshot.visitor.id, self.heads, step.records, at)
            draft.entries += entries
            draft.records += step.records
            if snapshot.closed_at is not None:
                draft.closes = True
        draft.effects += step.effects
        if not step.handled and step.records:
            self._house.nobody_listened(graph.leaves(snapshot.active), source)
        return step

    def _moved(self, graph: Graph, source: inputs.Migrated, draft: Draft) -> Step:
        """Go over to the live bundle; when that is another one by now, or the flow has moved on, nothing happens."""
        live, before = self._house.live.now.graph, self.snapshot
        assert before is not None  # noqa: S101  # only Opened comes before there is a snapshot
        known = live.id == source.bundle
        step = migrated(graph, live, before, source, self.at) if known else Step(before, (), (), False)
        if step.records:
            self.graph, draft.saves = live, True
        return step

    def _read(self, name: str, scope: Scope) -> Value:
        return self._house.read(name, scope, self.id, self.at)

    # ---- the commit and what follows it

    def _commit(self, draft: Draft) -> None:
        self._busy = True
        bundle = self.snapshot.bundle if draft.opens and self.snapshot else ""
        vip = self._house.favours(self.visitor)
        unit = Unit(self.id, tuple(draft.entries), draft.opens, bundle, draft.closes, vip)
        self._house.log.commit(unit, partial(self._committed, draft))

    def _committed(self, draft: Draft, error: StoreError | None) -> None:
        if error is not None:
            self._failed(draft, error)
            return
        self._settle(draft)
        self._busy = False
        if self.heads.seq - self._saved >= self._house.checkpoint_every or draft.closes or draft.saves:
            self.checkpoint()
        self._go_on()

    def _go_on(self) -> None:
        """Take what waits; when nothing does, a closed conversation need not stay in memory."""
        if self._waiting:
            self._run()
        elif self.snapshot is not None and not self.snapshot.open:
            self._house.forget(self.id)

    def _settle(self, draft: Draft) -> None:
        """Deliver, acknowledge, perform: in this order, so that an ack and its event share one socket write."""
        self.committed = self.heads
        was_busy, self._busy = self._busy, True
        for reply, outcome in draft.replies:
            reply(outcome)
        self._house.committed(
            self.id, self.snapshot, tuple(draft.entries), draft.effects, tuple(draft.records)
        )
        self._busy = was_busy

    def _failed(self, draft: Draft, error: StoreError) -> None:
        """Nothing of the unit is stored: forget what memory made of it, and read the truth again before going on."""
        _log.warning("a commit failed, reloading", extra={"conversation": self.id, "error": error})
        self.snapshot, self.graph, self.heads, self.committed = None, None, Heads(), Heads()
        self.window = Window(in_doubt=True)
        if isinstance(error, Conflict):
            self._house.spawn("conflict", partial(self._answer_conflict, draft))
        else:
            sent_back(draft.sent)
            self._rest(RETRY_AFTER_MS)

    def _rest(self, wait: Millis) -> None:
        """Send everybody back until it is read again: who was let in would overtake those who were sent back before."""
        self._resting, self._waiting = True, sent_back(self._waiting)
        self._house.later(wait, self._begin_load)

    async def _answer_conflict(self, draft: Draft) -> None:
        await answer_conflict(self._house.log, self.id, draft.sent)
        self._begin_load()

    # ---- reading back

    async def _ask_store(self, letter: Letter) -> None:
        cid = getattr(letter.input, "cid", "")
        try:
            found = await self._house.log.find(letter.actor.id, cid)
        except StoreError as error:
            _log.warning("cannot look up a client id", extra={"conversation": self.id, "error": error})
            self._waiting.popleft()
            if letter.reply is not None:
                letter.reply(RETRY)
        else:
            if found is not None:
                self._waiting.popleft()
                if letter.reply is not None:
                    letter.reply(first_ack(found, letter))
            else:
                self.window.known_as_new(letter.actor.id, cid)
        self._busy = False
        self._go_on()

    def _begin_load(self) -> None:
        self._busy, self._resting = True, False
        self._house.spawn("load", self._load)

    async def _load(self) -> None:
        try:
            found = await self._restore()
        except Exception as error:
            # Whatever it is, nobody must wait for ever on a mailbox that gave up.
            self.failed_reads += 1
            _log.error("a conversation cannot be read", extra={"conversation": self.id, "error": error})
            self._rest(RETRY_AFTER_MS << min(self.failed_reads - 1, 6))
            return
        self._busy, self.failed_reads = False, 0
        if not found:
            for letter in self._waiting:
                if letter.reply is not None:
                    letter.reply(UNKNOWN)
            self._waiting.clear()
            self._house.forget(self.id)
        else:
            self._go_on()

    async def _restore(self) -> bool:
        restored = await self._house.read_back(self.id, self.window.in_doubt)
        if restored is None:
            return False
        # A closed conversation takes nothing: whose graph stands there does not matter.
        graph = self.graph = restored.graph or self._house.live.now.graph
        self.snapshot = restored.snapshot
        self.heads = self.committed = restored.heads
        self.window, self.visitor, self._saved = restored.window, restored.visitor, restored.saved
        self.at = max(self.at, restored.at)
        if restored.mismatch:
            _log.error("fold differs, log wins", extra={"conversation": self.id, "why": restored.mismatch})
            # The next commit makes a checkpoint, or every start would find the same difference again.
            self._saved = self.heads.seq - self._house.checkpoint_every
            self._waiting.appendleft(Letter(SYSTEM_ACTOR, inputs.FoldDiffered(restored.mismatch), self.at))
        if self.snapshot is not None and self.snapshot.open:
            self._house.committed(self.id, self.snapshot, (), owed_effects(graph, self.snapshot))
        return True
