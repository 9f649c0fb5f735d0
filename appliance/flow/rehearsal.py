"""A trial step by step: what `kefu test` shows, where `check` only says what went otherwise.

The same playbook and the same judgement as the check; a step after one that failed is not played, for it would only tell
of the first failure again.
"""

from collections.abc import Sequence

from msgspec import Struct

from appliance.config.spec import Spec, Trial, TrialStep
from appliance.errors import Text
from appliance.flow.graph import Graph
from appliance.flow.playbook import HoursOf, Playbook, attempt, play
from appliance.records import Record, Said

NOT_PLAYED = Text("没有执行：前面已经不对", "not played: an earlier step failed")


class Rehearsed(Struct, frozen=True):
    """A step: where the conversation is afterwards (innermost states), what it said, and why it failed (None: it did not).

    `played` is false for steps behind a failed one.
    """

    step: TrialStep
    states: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    problem: Text | None = None
    played: bool = True


class Rehearsal(Struct, frozen=True):
    """A trial with all its steps."""

    trial: Trial
    steps: tuple[Rehearsed, ...]

    @property
    def passed(self) -> bool:
        """Whether all went as written."""
        return all(each.played and each.problem is None for each in self.steps)


def rehearse(spec: Spec, graph: Graph, names: Sequence[str] = ()) -> tuple[Rehearsal, ...]:
    """Play the trials of `spec`, or those called `names`, in the order of the file."""
    return tuple(
        _one(graph, trial, spec.hours_of) for trial in spec.tests if not names or trial.name in names
    )


def _one(graph: Graph, trial: Trial, hours: HoursOf) -> Rehearsal:
    book = Playbook(graph, trial.given, hours, trial.begins)
    if book.unusable:
        failure = play(graph, trial, hours)
        cause = failure.message if failure else None
        first, *others = trial.steps
        return Rehearsal(
            trial, (Rehearsed(first, problem=cause), *(Rehearsed(step, played=False) for step in others))
        )
    done: list[Rehearsed] = []
    for number, step in enumerate(trial.steps):
        if done and done[-1].problem is not None:
            done += [Rehearsed(rest, played=False) for rest in trial.steps[number:]]
            break
        before = len(book.records)
        failure = attempt(book, trial, number, step)
        active = book.snapshot.active if book.snapshot else ()
        done.append(
            Rehearsed(
                step,
                graph.leaves(active),
                _said(book.records[before:]),
                failure.message if failure else None,
            )
        )
    return Rehearsal(trial, tuple(done))


def _said(records: Sequence[Record]) -> tuple[str, ...]:
    """Return what the visitor is told, by the names of the texts: their wording is no concern of a test."""
    return tuple(record.message or record.text for record in records if isinstance(record, Said))
