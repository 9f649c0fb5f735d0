"""Does what steps ask for: one `match` over all effects, and the type checker proves that none is missing."""

import logging
from collections.abc import Callable
from typing import Protocol, assert_never

from appliance import effects
from appliance.effects import Effect
from appliance.inputs import AiFailed, Input
from appliance.model import Millis
from appliance.runtime.desk import DeskEffect

_log = logging.getLogger("kefu.perform")


class Desk(Protocol):
    """What the performer needs of runtime/desk.py."""

    def take(self, conversation: str, effect: DeskEffect) -> None:
        """Do what the effect asks of the desk."""
        ...


class Signals(Protocol):
    """Passing frames to staff: nothing that is stored, nothing that is owed."""

    def show_offer(self, conversation: str, offer: effects.ShowOffer) -> None:
        """Show an offer with its clock."""
        ...

    def remind(self, conversation: str, agent: str) -> None:
        """Remind an agent."""
        ...


class Performer:
    """Performs the effects of committed units, in their order.  Loop only; never waits."""

    def __init__(
        self,
        desk: Desk,
        signals: Signals,
        set_timer: Callable[[str, Millis | None], None],
        post: Callable[[str, Input], None],
    ) -> None:
        self._desk = desk
        self._signals = signals
        self._set_timer = set_timer
        self._post = post

    def perform(self, conversation: str, owed: list[Effect]) -> None:
        """Perform `owed` for a conversation.  A defect in one effect is logged and costs it no other."""
        for effect in owed:
            try:
                self._perform(conversation, effect)
            except Exception:
                _log.exception(
                    "an effect could not be performed",
                    extra={"conversation": conversation, "effect": type(effect).__name__},
                )

    def _perform(self, conversation: str, effect: Effect) -> None:
        match effect:
            case effects.SetTimer(due):
                self._set_timer(conversation, due)
            case effects.ShowOffer():
                self._desk.take(conversation, effect)
                self._signals.show_offer(conversation, effect)
            case (
                effects.WantAgent()
                | effects.WithdrawWish()
                | effects.HoldAgent()
                | effects.FreeAgent()
                | effects.RefuseOffer()
            ):
                self._desk.take(conversation, effect)
            case effects.Remind(agent):
                self._signals.remind(conversation, agent)
            case effects.AskAi(visit):
                # `ai: off` is the only level this version runs (config refuses others), so a flow that asks
                # nevertheless gets the honest answer at once and goes the way it takes when the AI fails.
                self._post(conversation, AiFailed(visit, "ai is off"))
            case _:
                assert_never(effect)
