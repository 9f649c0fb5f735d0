"""Puts together what one run found, in the form that the report is drawn from."""

import hashlib
from typing import Literal, cast

from msgspec import Struct

from tools.loadtest import merging
from tools.loadtest.conductor import APPLIANCE, Course
from tools.loadtest.ladder import overload_of
from tools.loadtest.machine import environment
from tools.loadtest.results import Latency, Results, Totals
from tools.loadtest.scenario import Scenario
from tools.loadtest.tally import Found, Reader, Stream
from tools.loadtest.wire import Final

Judges = Literal["journals", "journals and database"]
SUMS = ("offered", "sent", "acked", "delivered", "refused", "opened")


class Setting(Struct, frozen=True):
    """What was decided before the run: what to type to repeat it, its seed, the text of kefu.yaml, where it ran."""

    command: list[str]
    seed: int
    config: bytes
    store: str
    same_machine: bool


def streams_of(finals: list[Final]) -> dict[str, Stream]:
    """Return all that was sent, by stream."""
    return {name: stream for final in finals for name, stream in final.streams.items()}


def readers_of(finals: list[Final]) -> list[Reader]:
    """Return what everybody was shown."""
    return [reader for final in finals for reader in final.readers]


def outcome(
    scenario: Scenario,
    setting: Setting,
    course: Course,
    found: Found,
    judged: Judges,
) -> Results:
    """Return the results of a run; `found` is what the journals, and the database where it was at hand, tell."""
    finals = course.finals
    mine = [sample for sample in course.samples if sample.process == APPLIANCE]
    generators = [sample for sample in course.samples if sample.process != APPLIANCE]
    open_loop = any(phase.rate or phase.think for phase in scenario.phases)
    minutes = course.seconds / 60
    seconds = merging.throughput(finals)
    return Results(
        scenario=scenario.name,
        title_zh=scenario.title.zh,
        title_en=scenario.title.en,
        started_at=course.started_at,
        seconds=course.seconds,
        ended=cast(Literal["complete", "interrupted"], course.ended),
        command=setting.command,
        seed=setting.seed,
        config_sha256=hashlib.sha256(setting.config).hexdigest() if setting.config else "",
        environment=environment(setting.store, setting.same_machine),
        targets=list(scenario.targets),
        phases=course.phases,
        ramp=merging.ramp(finals),
        throughput=seconds,
        totals=_totals(finals, found, judged),
        latencies=_latencies(finals),
        resources=course.samples,
        generator=merging.self_check(finals, generators, open_loop),
        errors=merging.errors(finals, course.faults),
        ladder=course.ladder,
        rungs=course.rungs,
        overload=overload_of(course.ladder, course.phases, seconds),
        profiles=course.profiles or None,
        idle=course.idle,
        burst=course.burst,
        storm=merging.storm(finals),
        soak=merging.soak(mine, minutes) if scenario.soak else None,
    )


def _totals(finals: list[Final], found: Found, judged: Judges) -> Totals:
    streams = streams_of(finals)
    sums = {name: sum(row[name] for final in finals for row in final.seconds.values()) for name in SUMS}
    return Totals(
        connections=sums["opened"],
        offered=sums["offered"],
        sent=sums["sent"],
        acked=sums["acked"],
        delivered=sums["delivered"],
        refused=sum(len(stream.refused) for stream in streams.values()),
        unanswered=sum(len(stream.open) for stream in streams.values()),
        lost=found.lost,
        duplicated=found.duplicated,
        out_of_order=found.out_of_order,
        judged=judged,
        findings=found.findings,
    )


def _latencies(finals: list[Final]) -> dict[str, Latency]:
    found = {}
    for name in ("ack", "ack_vip", "show", "handshake"):
        whole = merging.latency([final.latencies[name] for final in finals])
        if whole is not None:
            found[name] = whole
    return found
