"""The plainest explorer there can be: one millisecond after the other, every event at each of them, no sets of moments.

It is what the zones of appliance/flow/verify_search.py must agree with on flows whose times are a few milliseconds; SPIN
judges the meaning of a step beside that, but knows no regions.
"""

import msgspec
from msgspec.structs import replace

from appliance.config.spec import Guarantee, Spec
from appliance.flow.bundle import bundle_of, source_of
from appliance.flow.occasions import Cannot
from appliance.flow.step import next_timer
from appliance.flow.verify_machine import Machine, Outcome, owed_after
from appliance.flow.verify_search import NOBODY
from appliance.inputs import TimerDue
from appliance.model import Snapshot

NOW = 1_000_000
OLDEST = 12
"""More than any constant of the random flows: an older state is only old."""


class TooMany(Exception):
    """There are too many conversations to look at each of them."""


def breaks(spec: Spec, most: int) -> bool:
    """Return whether some conversation breaks the promise of `spec`; raises TooMany beyond `most` states."""
    return _Ticks(spec, most).run()


class _Ticks:
    def __init__(self, spec: Spec, most: int) -> None:
        self._machine = Machine(spec, source_of(bundle_of(spec)))
        self._promise: Guarantee = spec.main.guarantees[0]
        self._most = most
        self._seen: set[bytes] = set()
        self._waiting: list[tuple[Snapshot, int | None]] = []
        self._broken = False

    def run(self) -> bool:
        for opening in self._machine.events.openings:
            for outcome in self._machine.outcomes(None, opening.make(NOBODY), NOW):
                self._after(None, None, False, outcome)
        while self._waiting and not self._broken:
            snapshot, age = self._waiting.pop()
            timer = next_timer(snapshot)
            if timer is not None and timer.due <= NOW:
                for outcome in self._machine.outcomes(snapshot, TimerDue(timer.order), NOW):
                    self._after(snapshot, age, False, outcome)
            else:
                self._happen(snapshot, age)
                self._tick(snapshot, age)
        return self._broken

    def _happen(self, snapshot: Snapshot, age: int | None) -> None:
        for happening in self._machine.events.later:
            try:
                source = happening.make(snapshot)
            except Cannot:
                continue
            happened = self._machine.happens(self._promise, happening.event, snapshot)
            for outcome in self._machine.outcomes(snapshot, source, NOW):
                self._after(snapshot, age, happened, outcome)

    def _tick(self, snapshot: Snapshot, age: int | None) -> None:
        if age is not None and age >= self._promise.within:
            self._broken = True
            return
        earlier = replace(
            snapshot,
            entered=tuple(at - 1 for at in snapshot.entered),
            opened_at=snapshot.opened_at - 1,
            timers=tuple(replace(timer, due=timer.due - 1) for timer in snapshot.timers),
        )
        self._add(earlier, None if age is None else age + 1)

    def _after(self, before: Snapshot | None, age: int | None, happened: bool, outcome: Outcome) -> None:
        active = before.active if before else ()
        owed, began = owed_after(self._promise, age is not None, active, happened, outcome)
        age = (0 if began else age) if owed else None
        if outcome.snapshot.closed_at is not None:
            self._broken = self._broken or owed
        else:
            self._add(outcome.snapshot, age)

    def _add(self, snapshot: Snapshot, age: int | None) -> None:
        snapshot = _plain(snapshot)
        key = msgspec.json.encode((snapshot, age), order="deterministic")
        if key not in self._seen:
            if len(self._seen) >= self._most:
                raise TooMany
            self._seen.add(key)
            self._waiting.append((snapshot, age))


def _plain(now: Snapshot) -> Snapshot:
    """Return the conversation without what only counts up: numbers of visits, orders of arming, great ages."""
    orders = {order: rank for rank, order in enumerate(sorted(timer.order for timer in now.timers), 1)}
    return replace(
        now,
        entered=tuple(max(at, NOW - OLDEST) for at in now.entered),
        opened_at=max(now.opened_at, NOW - OLDEST),
        timers=tuple(replace(timer, order=orders[timer.order]) for timer in now.timers),
        armed=len(orders),
        visit=2,
        waiting=now.waiting
        and replace(now.waiting, visit=1, since=0, only="", avoid="", left=False, queue=""),
        waiting_since=None,
        held=now.held and replace(now.held, since=0, queue=""),
        ai=now.ai and replace(now.ai, visit=2),
        transfers=min(now.transfers, 3),
        last_agent="",
        last_at=0,
        priority=0,
        menu="",
        history=dict(sorted(now.history.items())),
    )
