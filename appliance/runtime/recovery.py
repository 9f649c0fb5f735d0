"""What a start does with what the last run left behind: read back, restore the desk, let the clocks go on.

Conversations come first, silently: what they are owed is collected.  Then the desk is restored with all of it at once, so that
nobody is served out of turn, and agents get their full time to come back.  Timers run last, overdue ones in due order.
"""

from collections.abc import Iterable

from appliance.effects import HoldAgent, WantAgent, WithdrawWish
from appliance.model import Agent, Presence
from appliance.ports import Log
from appliance.runtime.conversations import Conversations
from appliance.runtime.desk import DeskEffect, DeskRuntime
from appliance.runtime.timers import Timers


class Collector:
    """Stands in for the desk while conversations are read back."""

    def __init__(self) -> None:
        self._held: dict[str, HoldAgent] = {}
        self._waiting: dict[str, WantAgent] = {}

    def take(self, conversation: str, effect: DeskEffect) -> None:
        """Keep what stands; offers of the last run are void."""
        match effect:
            case HoldAgent():
                self._held[conversation] = effect
                self._waiting.pop(conversation, None)
            case WantAgent():
                self._waiting[conversation] = effect
                self._held.pop(conversation, None)
            case WithdrawWish():
                self._waiting.pop(conversation, None)
            case _:
                pass

    def restore(self, desk: DeskRuntime, agents: Iterable[Agent], presences: dict[str, Presence]) -> None:
        """Give the desk everything at once."""
        held = [(conversation, each.agent, each.queue) for conversation, each in self._held.items()]
        desk.restore(agents, presences, held, list(self._waiting.items()))


async def read_back(log: Log, conversations: Conversations, timers: Timers) -> int:
    """Bring every open conversation that is owed something into memory; return how many were folded or read.

    What rests with nothing but a timer stays in the store until it is due.
    """
    touched = set(await log.touched())
    for conversation in touched:
        conversations.recover(conversation)
    for owed in await log.owed():
        if owed.conversation in touched:
            continue
        if owed.waiting or owed.held or owed.ai:
            conversations.recover(owed.conversation)
        elif owed.due is not None:
            timers.set(owed.conversation, owed.due)
    await conversations.settled()
    return conversations.count
