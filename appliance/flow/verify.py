"""Proves the `guarantee:` rules of a flow, or shows the conversation that breaks one.

The door: one diagnostic for every promise that is broken (K440 too late, K441 ended before), that could not be decided (K442 too
large, K444 a guard beyond samples) or that says nothing because its case never comes up (K443).  "Holds" is said, by saying
nothing, only when everything was explored.
"""

from appliance.config.diagnostics import Diagnostic, quoted
from appliance.config.spec import Guarantee, Spec
from appliance.errors import Text
from appliance.flow.graph import Graph
from appliance.flow.verify_machine import Machine
from appliance.flow.verify_search import Budget, Search, told
from appliance.flow.verify_story import Story, story_of

MOST_STATES = 200_000
MOST_STEPS = 100_000
"""What may be explored for all promises of a file together: a few seconds, so that `kefu check` stays a conversation."""


def verify(spec: Spec, graph: Graph, budget: Budget | None = None) -> list[Diagnostic]:
    """Return what is to be said about the promises of `spec`, which `graph` was compiled from; nothing when all hold."""
    if not spec.main.guarantees:
        return []
    machine = Machine(spec, graph.source)
    budget = budget or Budget(MOST_STATES, MOST_STEPS)
    found: list[Diagnostic] = []
    for number, promise in enumerate(spec.main.guarantees):
        said = _judged(machine, promise, budget)
        if said is not None:
            code, severity, message, hint = said
            path = f"$.flows.main.guarantee[{number}]"
            at = promise.within_at if code == "K440" else promise.at
            found.append(Diagnostic(code, "error" if severity else "warning", path, at, message, hint))
    return found


def _judged(machine: Machine, promise: Guarantee, budget: Budget) -> tuple[str, bool, Text, Text] | None:
    search = Search(machine, promise, budget)
    breach = search.run()
    story = story_of(machine, promise, breach) if breach is not None else None
    if story is not None:
        return _broken(machine, promise, story)
    name = quoted(promise.name)
    if breach is not None or not search.decided:
        message = Text(
            f"保证{name.zh}没有证完：可能的对话太多",
            f"{name.en} is not decided: there are too many conversations",
        )
        hint = Text(
            "没有找到反例，也没有证明成立；少用些变量和条件，或把流程分开",
            "no counterexample was found, and no proof; use fewer variables and guards, or split the flow",
        )
        return "K442", False, message, hint
    if machine.samples.intricate:
        guard = quoted(machine.samples.intricate[0])
        message = Text(
            f"保证{name.zh}没有证完：条件{guard.zh}太复杂",
            f"{name.en} is not decided: the guard {guard.en} is too intricate",
        )
        hint = Text(
            "没有找到反例，也没有证明成立；一边写变量、一边写常数的条件才能证",
            "no counterexample was found, and no proof; a guard that compares one variable with a constant can be proven",
        )
        return "K444", False, message, hint
    if not search.arose:
        message = Text(f"保证{name.zh}说的情形不会发生", f"the case of {name.en} never comes up")
        return "K443", False, message, Text("检查 from 和 on", "look at from and on again")
    return None


def _broken(machine: Machine, promise: Guarantee, story: Story) -> tuple[str, bool, Text, Text]:
    name, within = quoted(promise.name), told(promise.within)
    lines = story.lines(promise, machine)
    hint = Text(_block("例如这样的对话：", lines.zh), _block("as in this conversation:", lines.en))
    if story.over is None:
        message = Text(
            f"保证{name.zh}不成立：会话可能先结束",
            f"{name.en} does not hold: the conversation may end before",
        )
        return "K441", True, message, hint
    message = Text(
        f"保证{name.zh}不成立：可能超过 {within}", f"{name.en} does not hold: it may take more than {within}"
    )
    return "K440", True, message, hint


def _block(first: str, lines: str) -> str:
    return "\n".join((first, *(f"          {line}" for line in lines.split("\n"))))
