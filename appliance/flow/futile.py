"""What stands in a flow and can never matter: conditions that cannot hold, alternatives that are never reached.

Each list of alternatives is asked as a running flow asks it (guard_regions.py).  Only what is certain is reported: the
questions suppose nothing about who is a VIP, about first values of variables or about how events follow each other.
"""

from collections.abc import Iterator, Mapping, Sequence

from appliance.config.diagnostics import Diagnostic, Severity, Span
from appliance.config.scalars import spoken
from appliance.config.spec import Flow, Guard, Handler, Spec, State, Transition
from appliance.errors import Text
from appliance.flow.futile_names import asking_themselves, unheard_of
from appliance.flow.futile_parts import Asker
from appliance.flow.futile_timers import idle_timers
from appliance.flow.guard_domains import Where
from appliance.flow.guard_events import strangers
from appliance.flow.guard_parse import Node
from appliance.flow.guard_tokens import Problem

_DROP = Text("改条件，或删掉这一项", "change the condition, or delete the alternative")


def futile(spec: Spec, trees: Mapping[str, Node]) -> list[Diagnostic]:
    """Return what can never matter in the main flow of `spec` and in its other rules.

    `trees` holds the checked tree of every guard that compiles, by its text; the others have problems of their own.
    """
    asker = Asker(trees)
    search = _Search(spec.main, asker)
    for state, above in states_of(spec.main.states):
        search.state(state, above)
    for path, guard in _rules(spec):
        search.rule(guard, path)
    search.found += [*unheard_of(spec, trees), *asking_themselves(spec, trees)]
    return search.found


def states_of(
    states: Sequence[State], above: tuple[State, ...] = ()
) -> Iterator[tuple[State, tuple[State, ...]]]:
    """Yield every state in document order with the states that it stands in, outermost first."""
    for state in states:
        yield state, above
        yield from states_of(state.states, (*above, state))


def _rules(spec: Spec) -> Iterator[tuple[str, Guard]]:
    if spec.vip is not None:
        yield "$.vip", spec.vip
    for queue in spec.queues:
        if queue.when is not None:
            yield f"$.queues.{queue.name}.when", queue.when
    for number, guard in enumerate(spec.alerts.when):
        yield f"$.alerts.when[{number}]", guard


class _Search:
    """Looks through one flow; `found` collects what is futile."""

    def __init__(self, flow: Flow, asker: Asker) -> None:
        self._path = f"$.flows.{flow.name}.states"
        self._asker = asker
        self.found: list[Diagnostic] = []

    def state(self, state: State, above: tuple[State, ...]) -> None:
        """Look at all that `state` itself declares."""
        path = f"{self._path}.{state.name}"
        for handler in state.on:
            here = f"{path}.on.{handler.event}"
            if self._alternatives(handler.transitions, here, Where(handler.event)):
                self._waits_for_ever(state, above, handler, here)
        for item in state.after:
            self._alternatives(item.transitions, f"{path}.after", Where("after", item.delay))
        self._alternatives(state.always, f"{path}.always", Where("always"))
        self.found += idle_timers(state, above, path, self._asker)

    def rule(self, guard: Guard, path: str) -> None:
        """Look at a condition that stands by itself, outside the flow."""
        if not self._asker.knows(guard):
            return
        if self._asker.never(guard, Where()):
            self._never(guard, path, Where())
        elif self._asker.surely(guard, Where()):
            self._problem("warning", guard, path, self._always(guard, last=True))

    def _alternatives(self, transitions: Sequence[Transition], path: str, where: Where) -> bool:
        """Judge the alternatives of one handler; return whether nothing is wrong with them so far."""
        before = len(self.found)
        guards = [each.when for each in transitions]
        if not all(guard is None or self._asker.knows(guard) for guard in guards):
            return False
        for guard in guards:
            if guard is not None:
                for problem in strangers(self._asker.tree(guard), where.event):
                    self._problem("error", guard, f"{path}.when", problem)
        if len(self.found) == before:
            self._reached(transitions, path, where)
        return len(self.found) == before

    def _reached(self, transitions: Sequence[Transition], path: str, where: Where) -> None:
        guards = [each.when for each in transitions]
        taken = self._asker.outcomes(guards, where)
        if taken is None:
            return
        last = max(taken)
        sure = guards[last] if last < len(guards) else None
        if sure is not None and self._asker.surely(sure, where):
            more = last + 1 < len(guards)
            problem = self._always(sure, last=not more)
            self._problem("error" if more else "warning", sure, f"{path}.when", problem)
            transitions = transitions[: last + 1]
        for number, transition in enumerate(transitions):
            guard = transition.when
            if guard is not None and number not in taken and self._asker.never(guard, where):
                self._never(guard, f"{path}.when", where)
            elif guard is not None and self._too_early(guard, where):
                self._early(guard, f"{path}.when", where)
            elif number not in taken and None not in guards[:number]:
                self._covered(transition, path)
            elif guard is not None:
                self._branches(guard, f"{path}.when", where)

    def _too_early(self, guard: Guard, where: Where) -> bool:
        """Whether a timer that is punctual finds a condition that has to wait still longer."""
        if where.event != "after" or "time" not in self._asker.variables(guard):
            return False
        return self._asker.never(guard, Where("after", where.since, where.since))

    def _never(self, guard: Guard, path: str, where: Where) -> None:
        culprit = self._asker.culprit(guard, where)
        if culprit.other:
            message = Text(
                f"“{culprit.one}”和“{culprit.other}”不会同时成立",
                f"'{culprit.one}' and '{culprit.other}' can never both hold",
            )
        else:
            message = Text(f"“{culprit.one}”永远不会成立", f"'{culprit.one}' can never hold")
        hint = self._asker.range_of(guard, culprit, where) or _DROP
        self._problem("error", guard, path, Problem("K430", culprit.start, culprit.end, message, hint))

    def _branches(self, guard: Guard, path: str, where: Where) -> None:
        """Report the sides of `||` that add nothing, in a condition that can hold otherwise."""
        for culprit in self._asker.dead_branches(guard, where):
            message = Text(
                f"“{culprit.one}”永远不会成立，这一半是多余的",
                f"'{culprit.one}' can never hold: this side of '||' is idle",
            )
            hint = Text("改掉或删掉这一半", "change or delete this side")
            self._problem("error", guard, path, Problem("K430", culprit.start, culprit.end, message, hint))

    def _always(self, guard: Guard, *, last: bool) -> Problem:
        message = Text("这个条件总是成立", "this condition always holds")
        hint = Text("去掉 when", "drop the when")
        if not last:
            message = Text(f"{message.zh}，后面的轮不到", f"{message.en}: what follows is never reached")
            hint = Text("改条件，或删掉后面的", "change the condition, or delete what follows")
        return Problem("K431", 0, len(guard.source), message, hint)

    def _covered(self, transition: Transition, path: str) -> None:
        guard = transition.when
        message = Text(
            "前面的条件已经包括了它，轮不到这一项",
            "the alternatives before take all that it would: it is never reached",
        )
        hint = Text(
            "把条件更窄的放到前面，或删掉这一项", "put the narrower condition first, or delete this one"
        )
        if guard is None:
            self._at("K432", "error", path, transition.at, message, hint)
        else:
            self._problem(
                "error", guard, f"{path}.when", Problem("K432", 0, len(guard.source), message, hint)
            )

    def _early(self, guard: Guard, path: str, where: Where) -> None:
        culprit = self._asker.culprit(guard, Where("after", where.since, where.since))
        delay = spoken(where.since)
        message = Text(
            f"计时器正好在 {delay} 到点，那时“{culprit.one}”还不成立",
            f"the timer fires at exactly {delay}, when '{culprit.one}' does not hold yet",
        )
        hint = Text(
            "去掉关于时间的条件：到点本身就是条件", "drop the condition on time: the timer is the condition"
        )
        self._problem("error", guard, path, Problem("K433", culprit.start, culprit.end, message, hint))

    def _waits_for_ever(self, state: State, above: tuple[State, ...], handler: Handler, path: str) -> None:
        """Warn of a condition that waits for time to pass where nothing happens unless somebody does something."""
        if any(_moves_on(item.transitions) for each in _near(state, above) for item in each.after):
            return
        for transition in handler.transitions:
            guard = transition.when
            if guard is None or "time" not in self._asker.variables(guard):
                continue
            if self._asker.never(guard, Where(handler.event, 0, 0)):
                self._hole(guard, f"{path}.when")

    def _hole(self, guard: Guard, path: str) -> None:
        message = Text(
            "对方不再说话就永远等在这里：时间条件只在事件来时才看",
            "if nothing more is said, this waits for ever: a condition on time is looked at only when the event comes",
        )
        hint = Text(
            "给这个状态加一个 after，例如 after: {20s: {to: ...}}",
            "give this state an after, such as after: {20s: {to: ...}}",
        )
        self._problem("warning", guard, path, Problem("K435", 0, len(guard.source), message, hint))

    def _problem(self, severity: Severity, guard: Guard, path: str, problem: Problem) -> None:
        at = guard.place(problem.start, problem.end)
        self._at(problem.code, severity, path, at, problem.message, problem.hint)

    def _at(self, code: str, severity: Severity, path: str, at: Span, message: Text, hint: Text) -> None:
        self.found.append(Diagnostic(code, severity, path, at, message, hint))


def _moves_on(transitions: tuple[Transition, ...]) -> bool:
    """Return whether a timer with these transitions may take the conversation elsewhere, rather than only do something."""
    return any(
        each.to is not None or any(action.name == "close" for action in each.actions) for each in transitions
    )


def _near(state: State, above: tuple[State, ...]) -> Iterator[State]:
    """Yield the states whose timers may run while `state` is active: those in it, around it and in regions beside it."""
    yield state
    yield from (below for below, _ in states_of(state.states))
    for around in above:
        yield around
        if around.parallel:
            yield from (below for below, _ in states_of(around.states))
