"""What the metrics say, read off the running appliance: the catalogue names them, here is where each figure stands.

All labels come from words of this program or from kefu.yaml as it is live, never from what a stranger chose.  Names of an older
configuration, which conversations that began under it still use, are told as "former".
"""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import get_args

from appliance import __version__
from appliance.channels.longpoll import LongPollChannel
from appliance.channels.websocket import WebSocketChannel
from appliance.cli.counts import PRESENCES
from appliance.delivery.codes import CLOSE_CODES, REFUSALS
from appliance.dispatch import views
from appliance.dispatch.desk import Desk
from appliance.figures import PATIENCE, HandshakeFigures, Histogram, PoolFigures
from appliance.flow.graph import Graph
from appliance.inputs import Input
from appliance.overload import FEATURES, TIERS
from appliance.runtime.compose import Appliance
from appliance.runtime.live import Prepared
from appliance.runtime.overload import Overload
from appliance.runtime.reload import Reloads
from appliance.runtime.tally import ENDS, KINDS, NOWHERE, START, Tally
from appliance.telemetry import process
from appliance.telemetry.pools import pool_values
from appliance.telemetry.profiling.profiler import Profiler
from appliance.telemetry.scrape import Labels, Scrape, Values, pre_created

FORMER = "former"
"""The name of queues and states that the live configuration does not have any more."""

STORED = "stored"
"""The state of open conversations that rest in the store: they are not looked at one by one."""

HANDSHAKES = ("accepted", "origin", "auth", "unavailable", "invalid")
ENDED = (*(row.name for row in CLOSE_CODES.values()), "peer", "lost", "protocol")
REFUSED = (*REFUSALS, "retry")
STRATEGIES = ("sticky", "least_busy", "round_robin")
RULES = ("own_agent", "least_busy", "round_robin", "transfer", "overflow", "claimed", "waits")
DEFERRED = ("push_delay", "batching")
SUPPRESSED = (*FEATURES, "messages")
RELOADS = ("applied", "refused", "reverted")
EVENTS = {kind.__name__: str(kind.__struct_config__.tag) for kind in get_args(Input)}
COMMON_EVENT = "visitor_said"
"""Of all events that a state may not listen to, the one for which a zero is shown before it happens."""

Found = dict[str, Values]


class OpenFiles:
    """How many files are open.  Counted in a thread: fifteen thousand took 150 ms, which nobody is to wait for."""

    def __init__(self) -> None:
        self.open = 0

    async def count(self) -> None:
        """Count them."""
        self.open = await asyncio.to_thread(process.open_files)


def measured(
    appliance: Appliance,
    sockets: WebSocketChannel,
    polls: LongPollChannel,
    handshakes: HandshakeFigures,
    reloads: Reloads,
    profiler: Profiler,
) -> tuple[Scrape, Callable[[], Awaitable[object]]]:
    """Return what collects everything, and what is to be awaited before each time."""
    files = OpenFiles()
    scrape = Scrape(
        lambda: traffic(sockets, polls, handshakes, appliance),
        lambda: service(appliance),
        lambda: load(appliance.overload),
        lambda: supplies(appliance),
        lambda: running(appliance, reloads, profiler, files),
    )
    return scrape, files.count


def pools_of(appliance: Appliance) -> tuple[PoolFigures, ...]:
    """Return what the pools of kefu.yaml count of themselves."""
    return appliance.store.figures, appliance.conversations.residents.figures


def traffic(
    sockets: WebSocketChannel, polls: LongPollChannel, handshakes: HandshakeFigures, appliance: Appliance
) -> Found:
    """Return the metrics of connections and messages."""
    channel, tally = sockets.figures, appliance.conversations.tally
    budget = appliance.live.now.grants.budget
    refused = Counter(channel.refused) + Counter(polls.refused)
    return {
        "kefu_ws_connections": dict(sockets.by_role()),
        "kefu_ws_handshakes_total": pre_created(handshakes.results, HANDSHAKES),
        "kefu_ws_disconnects_total": pre_created(channel.ended, ENDED),
        "kefu_ws_handshake_seconds": handshakes.seconds,
        "kefu_ws_send_buffer_bytes": 0 if budget is None else budget.used,
        "kefu_heartbeat_timeouts_total": dict(channel.silent),
        "kefu_messages_total": dict(zip(KINDS, tally.messages, strict=True)),
        "kefu_message_delivery_seconds": {"direct": channel.direct, "delayed": channel.delayed},
        "kefu_message_ack_seconds": appliance.gateway.acks,
        "kefu_message_size_bytes": tally.sizes,
        "kefu_messages_deferred_total": {name: appliance.overload.suppressed[name] for name in DEFERRED},
        "kefu_messages_refused_total": pre_created(refused, REFUSED),
    }


def service(appliance: Appliance) -> Found:
    """Return the metrics of conversations, waits and agents."""
    tally, desk, live = appliance.conversations.tally, appliance.desk.desk, appliance.live.now
    now, queue = appliance.clock.now(), _queue_of(live)
    queues = [each.name for each in live.spec.queues]
    return {
        "kefu_sessions_started_total": pre_created(_summed(tally.started, queue), [*queues, NOWHERE]),
        "kefu_sessions_ended_total": pre_created(tally.ended, ENDS),
        "kefu_session_wait_seconds": _merged(tally.waited, queue, queues),
        "kefu_first_response_seconds": _merged(tally.answered, queue, queues),
        "kefu_session_handle_seconds": _merged(tally.handled, queue, queues),
        "kefu_queue_oldest_wait_seconds": {
            name: (now - (views.oldest(desk, name) or now)) / 1000 for name in queues
        },
        "kefu_routing_decisions_total": pre_created(
            desk.decided, [(strategy, rule) for strategy in STRATEGIES for rule in RULES]
        ),
        "kefu_csat_score": tally.scores,
        **_flow(tally, appliance.conversations.unhandled, live.graph),
        **_staff(desk, queue, queues),
    }


def _staff(desk: Desk, queue: Callable[[str], str], queues: Iterable[str]) -> Found:
    staffing = views.staffing(desk)
    return {
        "kefu_agents": pre_created(staffing.agents, PRESENCES),
        "kefu_agent_capacity_slots": pre_created(_summed(staffing.slots, queue), queues),
        "kefu_agent_active_sessions": pre_created(_summed(staffing.held, queue), queues),
    }


def _flow(tally: Tally, unhandled: Mapping[tuple[str, str], int], graph: Graph) -> Found:
    innermost = [node for node in graph.nodes.values() if not node.children and not node.history]
    open_states = [node.name for node in innermost if not (node.final and node.parent is None)]
    state = _known([node.name for node in innermost], START)
    standing = {name: count for name, count in _summed(tally.standing, state).items() if count}
    moves: Counter[Labels] = Counter({(START, name): 0 for name in open_states})
    for (before, after), count in tally.moves.items():
        moves[state(before), state(after)] += count
    missed: Counter[Labels] = Counter({(name, COMMON_EVENT): 0 for name in open_states})
    for (states, event), count in unhandled.items():
        # Of regions the first is told: all combinations of them would be very many series.
        missed[state(states.split(" + ", 1)[0]), EVENTS[event]] += count
    stored = max(0, tally.open - tally.here)
    return {
        "kefu_sessions": pre_created(standing, [*open_states, FORMER]) | {STORED: stored},
        "kefu_flow_transitions_total": moves,
        "kefu_flow_unhandled_total": missed,
    }


def load(overload: Overload) -> Found:
    """Return the metrics of the overload ladder."""
    controller = overload.controller
    steps = [pair for low in range(len(TIERS)) for pair in ((low, low + 1), (low + 1, low))]
    return {
        "kefu_load_ratio": overload.ratio,
        "kefu_load_component_ratio": dict(controller.load.components),
        "kefu_degradation_tier": overload.tier,
        "kefu_degradation_threshold_ratio": {
            str(TIERS[rung.action]): rung.enter for rung in controller.rungs
        },
        "kefu_degradation_transitions_total": {
            (str(before), str(after)): overload.changes[before, after] for before, after in steps
        },
        "kefu_feature_suppressed_total": {name: overload.suppressed[name] for name in SUPPRESSED},
    }


def supplies(appliance: Appliance) -> Found:
    """Return the metrics of the pools and the store."""
    commits = appliance.store.commits
    return {
        **pool_values(pools_of(appliance)),
        "kefu_store_commit_seconds": commits.seconds,
        "kefu_store_batch_rows": commits.rows,
        "kefu_store_queue_rows": appliance.store.queue_depth(),
    }


def running(appliance: Appliance, reloads: Reloads, profiler: Profiler, files: OpenFiles) -> Found:
    """Return the metrics of the process."""
    return {
        "kefu_build_info": {(__version__, reloads.live_sha[:12]): 1},
        "kefu_event_loop_lag_seconds": appliance.overload.lag.lags,
        "kefu_gc_pause_seconds": dict(profiler.vitals.pauses.pauses),
        "kefu_asyncio_tasks": len(asyncio.all_tasks()),
        "kefu_config_reloads_total": pre_created(reloads.counts, RELOADS),
        "kefu_config_last_reload_success": reloads.problem is None,
        "kefu_profiler_captures_total": dict(profiler.taken),
        "kefu_process_cpu_seconds_total": time.process_time(),
        "kefu_process_resident_memory_bytes": process.resident_bytes(),
        "kefu_process_open_fds": files.open,
        "kefu_process_max_fds": process.file_limit(),
    }


def _queue_of(live: Prepared) -> Callable[[str], str]:
    """Return what tells the name that a queue has today."""
    known = _known((queue.name for queue in live.spec.queues), NOWHERE)
    return lambda name: known(live.aliases.get(name, name))


def _known(names: Iterable[str], other: str) -> Callable[[str], str]:
    """Return what leaves `names` and `other` as they are and calls everything else `FORMER`."""
    known = {*names, other}
    return lambda name: name if name in known else FORMER


def _summed(counts: Mapping[str, float], name_of: Callable[[str], str]) -> dict[Labels, float]:
    """Return `counts` by other names; what has the same name is added up."""
    summed: defaultdict[Labels, float] = defaultdict(float)
    for name, count in counts.items():
        summed[name_of(name)] += count
    return dict(summed)


def _merged(
    waits: Mapping[str, Histogram], name_of: Callable[[str], str], known: Iterable[str]
) -> dict[Labels, Histogram]:
    """Return histograms of waits by other names, one for each of `known`, empty or not."""
    merged: dict[Labels, Histogram] = {name: Histogram(PATIENCE) for name in known}
    for name, wait in waits.items():
        merged.setdefault(name_of(name), Histogram(PATIENCE)).add(wait)
    return merged
