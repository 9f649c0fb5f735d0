"""The configuration that runs: everything made from one text of kefu.yaml, kept together and swapped whole.

Whoever depends on the configuration asks this door at the moment of use and keeps nothing.  So a reload is one assignment
between two inputs, and no two rooms of the appliance ever work by different files.
"""

from collections.abc import Mapping

from msgspec import Struct

from appliance.config.spec import Spec
from appliance.delivery.budget import Budget
from appliance.delivery.limits import Limits
from appliance.dispatch.rules import QueueRule
from appliance.flow.graph import Graph
from appliance.runtime.texts import Texts


class Prepared(Struct, frozen=True):
    """One configuration with all that is made from it; making it is where a configuration can still fail.

    `grants` is what sessions are allowed, `identity` the secret that the site signs its visitors with.  `aliases` are queues
    by their former names: conversations that began under an older file go on in the queue that took the place of theirs.
    """

    spec: Spec
    graph: Graph
    texts: Texts
    rules: tuple[QueueRule, ...]
    grants: Limits
    identity: str = ""
    aliases: Mapping[str, str] = {}


class Live:
    """The door.  `now` is what runs at this moment; only a reload sets it, on the loop."""

    __slots__ = ("now",)

    def __init__(self, first: Prepared) -> None:
        self.now = first


def prepare(
    spec: Spec,
    graph: Graph,
    identity: str = "",
    aliases: Mapping[str, str] | None = None,
    budget: Budget | None = None,
) -> Prepared:
    """Return everything that is made from a checked configuration.

    `budget` is the one that all sessions share: it outlives every configuration.  Raises what a template raises that cannot be
    compiled, which a checked configuration has none of.
    """
    return Prepared(
        spec,
        graph,
        Texts({name: message.text for name, message in spec.messages.items()}),
        queue_rules(spec),
        grants_of(spec, budget or Budget()),
        identity,
        dict(aliases or {}),
    )


def queue_rules(spec: Spec) -> tuple[QueueRule, ...]:
    """Return the queues of `spec` in the form the desk works with, in the operator's order."""
    return tuple(
        QueueRule(
            name=queue.name,
            vip_first=queue.first == "vip",
            strategy=queue.strategy,
            overflow_to=queue.overflow.to if queue.overflow else "",
            overflow_after=queue.overflow.after if queue.overflow else 0,
            ageing=queue.ageing,
            cap=queue.cap,
            manual=queue.accept == "manual",
            offer_ms=queue.offer,
        )
        for queue in spec.queues
    )


def grants_of(spec: Spec, budget: Budget) -> Limits:
    """Return what a session grants, as kefu.yaml says."""
    return Limits(
        message_bytes=spec.limits.message_bytes,
        ping=spec.limits.ping_every,
        pong=spec.limits.pong_within,
        outbox_frames=spec.limits.outbox_events,
        outbox_bytes=spec.limits.outbox_bytes,
        budget=budget,
    )
