"""What an open conversation is owed, read off its snapshot: how a restart finds its work without a list of jobs.

Only timers, a wanted agent, a held agent and a pending AI turn are ever owed; everything else that was committed reaches its
readers by their cursors.
"""

from appliance.effects import AskAi, Effect, HoldAgent, SetTimer
from appliance.flow.graph import Graph
from appliance.flow.outcome import want_agent
from appliance.model import Snapshot
from appliance.ports import Owed


def owed(snapshot: Snapshot) -> Owed:
    """Return the columns the store keeps beside a checkpoint, so that boot can pass over what waits for nothing."""
    return Owed(
        snapshot.id,
        snapshot.timers[0].due if snapshot.timers else None,
        snapshot.waiting is not None,
        snapshot.held is not None,
        snapshot.ai is not None,
    )


def owed_effects(graph: Graph, snapshot: Snapshot) -> list[Effect]:
    """Return the effects that a restart performs for the conversation.  Performing them twice does no harm."""
    effects: list[Effect] = []
    if snapshot.timers:
        effects.append(SetTimer(snapshot.timers[0].due))
    if snapshot.held is not None:
        effects.append(HoldAgent(snapshot.held.agent, snapshot.held.queue))
    want = want_agent(graph, snapshot)
    if want is not None:
        effects.append(want)
    if snapshot.ai is not None:
        effects.append(AskAi(snapshot.ai.visit))
    return effects
