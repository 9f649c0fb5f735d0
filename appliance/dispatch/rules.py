"""The rules of a queue in the form the desk works with, and the patience it has where an operator sets none.

They are apart from the configuration on purpose: the desk does not know YAML, and the composer that builds these from the
operator's words is the only place where the two meet.
"""

from typing import Literal

from msgspec import Struct

from appliance.model import Millis

Strategy = Literal["sticky", "least_busy", "round_robin"]

GRACE: Millis = 45_000
"""An agent whose last page went away is "reconnecting" this long before his conversations count as lost."""

ONLY_PATIENCE: Millis = 60_000
"""A transfer waits this long for the agent it names; then the whole queue may serve it."""

AVOID_ALONE: Millis = 30_000
"""An agent who let a visitor wait, or an offer lapse, may have it back after this long if no other is ready."""

AVOID_ANYWAY: Millis = 120_000
"""After this long he may have it back even though others are ready, for then they have all been full meanwhile."""

ANSWER_WITHIN: Millis = 30_000
"""A conversation answers an offer within milliseconds; one that has not by now lost it, and its slot comes back."""

SHOWN_IDS = 8
"""So many agents a decision names one by one; of the rest it gives the number, for it is stored with every chat."""


class QueueRule(Struct, frozen=True, gc=False):
    """How one queue is served.

    `vip_first`: VIPs go before others.  `ageing` (ms, 0: never): who waited this long goes before everybody, oldest
    first, so that nobody starves.  `overflow_to` ("": none): after `overflow_after` ms the agents of that queue may
    serve too.  `cap`: how many conversations of this queue one agent may hold, unless his own `caps` says otherwise.
    `manual`: an agent must accept an offer within `offer_ms`, else the next one is asked.
    """

    name: str
    vip_first: bool = False
    strategy: Strategy = "sticky"
    overflow_to: str = ""
    overflow_after: Millis = 30_000
    ageing: Millis = 300_000
    cap: int | None = None
    manual: bool = False
    offer_ms: Millis = 20_000
