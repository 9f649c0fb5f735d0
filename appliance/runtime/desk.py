"""The desk on the event loop: the one writer of queues and capacity.

Everything that concerns the desk comes through here in the order in which it happened, and each call is done before the next
begins; so the desk needs no lock.  What the desk decides becomes inputs of conversations, whose commits alone make it
true.  One alarm serves all clocks of the desk and the pace at which people are shown its changes.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol, assert_never

from msgspec.structs import replace

from appliance import inputs
from appliance.dispatch import views
from appliance.dispatch.commands import Command, Lost, NobodyFree, Offer, Position, ShowPositions
from appliance.dispatch.desk import Desk
from appliance.dispatch.rules import QueueRule
from appliance.effects import FreeAgent, HoldAgent, RefuseOffer, ShowOffer, WantAgent, WithdrawWish
from appliance.errors import StoreError
from appliance.inputs import Input
from appliance.model import Agent, Millis, Presence
from appliance.ports import Clock

DeskEffect = WantAgent | WithdrawWish | HoldAgent | FreeAgent | RefuseOffer | ShowOffer

POSITIONS_PACE: Millis = 2_000
"""A queue's positions are shown at most this often: each one that leaves moves everybody behind him."""

STAFF_PACE: Millis = 250
"""Consoles are told of changes at most four times a second."""

REMEMBER_AGAIN = 1.0
"""Seconds until a status that the store did not take is offered to it again."""

_log = logging.getLogger("kefu.desk")


class Alarm(Protocol):
    """A call that is yet to come."""

    def cancel(self) -> None:
        """Let it not come."""
        ...


class Loop(Protocol):
    """The one thing that the desk wants of an event loop."""

    def call_later(self, delay: float, callback: Callable[[], None], /) -> Alarm:
        """Call `callback` after `delay` seconds, on the loop's thread."""
        ...


class DeskRuntime:
    """Owns the Desk.  All methods are called on the loop's thread and return at once.

    `post` gives an input to a conversation's mailbox: it must not raise, and takes what the desk says however full it
    is.  `show_positions` gets the positions that changed, by conversation.  `staff_changed` says that consoles have
    something new to read from `desk` (dispatch/views.py).  `remember` stores a chosen status; it runs inside `tasks`.
    `queue_now` gives the name that a queue has today: conversations under an older flow know it by its former one.
    """

    def __init__(
        self,
        desk: Desk,
        clock: Clock,
        loop: Loop,
        tasks: asyncio.TaskGroup,
        *,
        post: Callable[[str, Input], None],
        show_positions: Callable[[dict[str, Position]], None],
        staff_changed: Callable[[], None],
        remember: Callable[[str, Presence, Millis], Awaitable[None]],
        queue_now: Callable[[str], str] = lambda name: name,
    ) -> None:
        self.desk = desk
        self._queue_now = queue_now
        self._clock = clock
        self._loop = loop
        self._tasks = tasks
        self._post = post
        self._show_positions = show_positions
        self._staff_changed = staff_changed
        self._remember = remember
        self._outbox: deque[Command] = deque()
        self._posting = False
        self._closed = False
        self._alarm: Alarm | None = None
        self._alarm_due: Millis = 0
        self._positions_due: dict[str, Millis] = {}
        self._positions_last: dict[str, Millis] = {}
        self._shown: dict[str, dict[str, Position]] = {}
        self._staff_due: Millis | None = None
        self._staff_last: Millis = 0
        self._statuses: dict[str, tuple[Presence, Millis]] = {}
        self._remembering: set[str] = set()

    def restore(
        self,
        agents: Iterable[Agent],
        presences: dict[str, Presence],
        held: Iterable[tuple[str, str, str]],
        waiting: Iterable[tuple[str, WantAgent]],
    ) -> None:
        """Boot: rebuild the desk from what is stored; `held` has (conversation, agent, queue).  See Desk.restore."""
        now = self._clock.now()
        self._do(self.desk.restore(agents, presences, held, waiting, now), now)

    def close(self) -> None:
        """Ring no more.  Statuses on their way to the store are finished by the task group."""
        self._closed = True
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    # From conversations -----------------------------------------------------------------------------------------------

    def take(self, conversation: str, effect: DeskEffect) -> None:
        """Do what a committed step of the conversation asks of the desk."""
        now, desk = self._clock.now(), self.desk
        match effect:
            case WantAgent():
                here = replace(effect, queue=self._queue_now(effect.queue))
                commands = desk.want(conversation, here, now)
            case WithdrawWish():
                commands = desk.withdraw(conversation, now)
            case HoldAgent():
                commands = desk.hold(conversation, effect.agent, self._queue_now(effect.queue), now)
            case FreeAgent():
                commands = desk.free(conversation, effect.agent, now)
            case RefuseOffer():
                commands = desk.refused(conversation, effect.agent, effect.visit, now)
            case ShowOffer():
                commands = desk.shown(conversation, effect.agent, effect.visit, now)
            case _:
                assert_never(effect)
        self._do(commands, now)

    # From sessions ----------------------------------------------------------------------------------------------------

    def accepting(self, conversation: str, agent: str, visit: int) -> bool:
        """The agent accepts an offer.  Post AgentAccepted only when this returns True; else the offer has lapsed."""
        now = self._clock.now()
        stands, commands = self.desk.accepting(conversation, agent, visit, now)
        self._do(commands, now)
        return stands

    def decline(self, conversation: str, agent: str, visit: int) -> None:
        """The agent does not want the offer; another one is asked."""
        now = self._clock.now()
        self._do(self.desk.refused(conversation, agent, visit, now), now)

    def claim(self, conversation: str, agent: str) -> int | None:
        """Somebody takes a waiting conversation himself.  Post AgentAccepted with the visit returned, unless it is None."""
        now = self._clock.now()
        visit, commands = self.desk.claim(conversation, agent, now)
        self._do(commands, now)
        return visit

    def agent_connected(self, agent: str) -> None:
        """A page of the agent is connected."""
        now = self._clock.now()
        self._do(self.desk.agent_connected(agent, now), now)

    def agent_disconnected(self, agent: str) -> None:
        """A page of the agent is gone; call it once for each agent_connected."""
        now = self._clock.now()
        self._do(self.desk.agent_disconnected(agent, now), now)

    def agent_status(self, agent: str, presence: Presence) -> None:
        """The agent chose a status.  A supervisor's force-offline is the status "offline"."""
        now = self._clock.now()
        self._do(self.desk.agent_status(agent, presence, now), now)
        self._statuses[agent] = (presence, now)
        if agent not in self._remembering:
            self._remembering.add(agent)
            self._tasks.create_task(self._keep_status(agent), name=f"status of {agent}")

    def agent_changed(self, agent: Agent) -> None:
        """An agent is new, or his profile changed."""
        now = self._clock.now()
        self._do(self.desk.agent_changed(agent, now), now)

    def rules_changed(self, rules: Iterable[QueueRule]) -> None:
        """Another configuration is live."""
        now = self._clock.now()
        self._do(self.desk.set_rules(rules, now), now)

    def renamed(self) -> None:
        """Queues may have other names now: who waits under a former one goes over to the queue that took its place."""
        now = self._clock.now()
        for conversation, wish in list(self.desk.room.wishes.items()):
            name = self._queue_now(wish.want.queue)
            if name != wish.want.queue:
                self._do(self.desk.want(conversation, replace(wish.want, queue=name), now), now)

    # Inside -----------------------------------------------------------------------------------------------------------

    async def _keep_status(self, agent: str) -> None:
        # One writer for each agent, so that of two quick changes the later one is also stored last.
        while (status := self._statuses.pop(agent, None)) is not None:
            try:
                await self._remember(agent, *status)
            except StoreError as error:
                _log.warning(
                    "the status of an agent is not stored yet", extra={"agent": agent, "error": error}
                )
                self._statuses.setdefault(agent, status)
                await asyncio.sleep(REMEMBER_AGAIN)
        self._remembering.discard(agent)

    def _do(self, commands: Iterable[Command], now: Millis) -> None:
        self._outbox.extend(commands)
        if self._staff_due is None:
            self._staff_due = max(now, self._staff_last + STAFF_PACE)
        if self._posting:
            # A conversation answered while it was being told: its news wait until what was decided before is said.
            return
        self._posting = True
        try:
            while self._outbox:
                self._say(self._outbox.popleft(), now)
        finally:
            self._posting = False
            self._set_alarm(now)

    def _say(self, command: Command, now: Millis) -> None:
        match command:
            case Offer():
                offered = inputs.Offered(
                    agent=command.agent,
                    name=command.name,
                    visit=command.visit,
                    queue=command.queue,
                    accept=command.accept,
                    reasons=command.reasons,
                )
                self._post(command.conversation, offered)
            case Lost():
                self._post(command.conversation, inputs.AgentLost(agent=command.agent))
            case NobodyFree():
                self._post(command.conversation, inputs.NobodyFree(visit=command.visit))
            case ShowPositions():
                last = self._positions_last.get(command.queue)
                due = now if last is None else max(now, last + POSITIONS_PACE)
                self._positions_due.setdefault(command.queue, due)
            case _:
                assert_never(command)

    def _set_alarm(self, now: Millis) -> None:
        dues = [due for due in (self.desk.next_due(), self._staff_due) if due is not None]
        dues += self._positions_due.values()
        due = min(dues, default=None)
        if due is None or self._closed:
            return
        if self._alarm is not None:
            # An alarm that is early finds nothing to do and sets itself anew: cheaper than moving it at every change.
            if self._alarm_due <= due:
                return
            self._alarm.cancel()
        self._alarm_due = due
        self._alarm = self._loop.call_later(max(0, due - now) / 1000, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        now = self._clock.now()
        try:
            self._catch_up(now)
        finally:
            # Whatever went wrong with one of them, the clocks of the desk go on.
            self._set_alarm(now)

    def _catch_up(self, now: Millis) -> None:
        due = self.desk.next_due()
        if due is not None and due <= now:
            self._do(self.desk.tick(now), now)
        changed = self._changed_positions(now)
        if changed:
            self._show_positions(changed)
        if self._staff_due is not None and self._staff_due <= now:
            self._staff_due, self._staff_last = None, now
            self._staff_changed()

    def _changed_positions(self, now: Millis) -> dict[str, Position]:
        changed: dict[str, Position] = {}
        for queue in [queue for queue, due in self._positions_due.items() if due <= now]:
            del self._positions_due[queue]
            self._positions_last[queue] = now
            before, after = self._shown.get(queue, {}), views.positions(self.desk, queue)
            self._shown[queue] = after
            changed.update((who, place) for who, place in after.items() if before.get(who) != place)
        return changed
