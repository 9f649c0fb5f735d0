"""What a step asks the world to do, once its records are committed.

Delivery is not among them: whatever was committed is shown to whoever may see it, always, and a reader that missed it
catches up by its cursor.  So effects are only what must be done or is *owed* (timers, a wanted agent, an AI turn);
owed ones can be read off any snapshot again (conversation/owed.py), which is how a restart finds its work.
"""

from msgspec import Struct

from appliance.model import Millis, Snapshot
from appliance.records import Record


class SetTimer(Struct, frozen=True, gc=False):
    """Wake the conversation at `due` (the earliest of its timers); None: it has no timer any more."""

    due: Millis | None


class WantAgent(Struct, frozen=True, gc=False):
    """The conversation stands in `queue`; when `asking`, the desk shall find an agent for wish number `visit`.

    A repeated WantAgent for the same conversation replaces the former.  `vip` is the operator's definition over signed
    facts; `priority` is the flow's own; `only` names the agent a transfer is meant for; `last_agent` is the agent this
    visitor knows; `avoid` is the agent who just let him wait; `left` marks an offline message.
    """

    queue: str
    since: Millis
    asking: bool
    visit: int
    vip: bool = False
    priority: int = 0
    only: str = ""
    last_agent: str = ""
    avoid: str = ""
    left: bool = False


class WithdrawWish(Struct, frozen=True, gc=False):
    """The conversation is in no queue any more and wants no agent."""


class HoldAgent(Struct, frozen=True, gc=False):
    """`agent` owns the conversation from now on: his reserved slot, if any, becomes a held one."""

    agent: str
    queue: str


class FreeAgent(Struct, frozen=True, gc=False):
    """`agent` owns the conversation no more: his slot is free."""

    agent: str


class RefuseOffer(Struct, frozen=True, gc=False):
    """The offer of wish number `visit` to `agent` came too late: free the reserved slot."""

    agent: str
    visit: int


class ShowOffer(Struct, frozen=True, gc=False):
    """Show the offer to `agent`, who must accept it within the queue's time (`accept: manual`)."""

    agent: str
    visit: int
    queue: str


class Remind(Struct, frozen=True, gc=False):
    """Remind `agent` that a visitor waits for his answer."""

    agent: str


class AskAi(Struct, frozen=True, gc=False):
    """Ask the AI; its answer comes back as AiAnswered or AiFailed with the same `visit`."""

    visit: int


Effect = (
    SetTimer | WantAgent | WithdrawWish | HoldAgent | FreeAgent | RefuseOffer | ShowOffer | Remind | AskAi
)


class Step(Struct, frozen=True, gc=False):
    """The outcome of one input: the next snapshot, the records to commit, the effects to perform after that.

    `records[0]` is always the `Happened` of the input, unless the input changed nothing: then `records` is empty and the
    input is counted, not logged.  `handled` tells whether any state listened to its event.
    """

    snapshot: Snapshot
    records: tuple[Record, ...]
    effects: tuple[Effect, ...]
    handled: bool = True
