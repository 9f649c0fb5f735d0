"""`kefu test`: plays the `tests:` of kefu.yaml on a virtual clock, step by step, readable by people and by build servers."""

import os
import xml.etree.ElementTree as Xml
from collections.abc import Sequence
from typing import Any

from appliance.cli.console import FINDING, FINE, Console, UsageError, read_bytes, write_bytes
from appliance.cli.options import config_option
from appliance.cli.table import padded
from appliance.config.diagnostics import nearest
from appliance.config.load import load_bytes
from appliance.config.scalars import spoken
from appliance.config.vocabulary import EVENT_NAMES
from appliance.errors import Text
from appliance.flow.compile import compile_flow
from appliance.flow.rehearsal import NOT_PLAYED, Rehearsal, Rehearsed, rehearse


def command(arguments: Sequence[str], console: Console) -> int:
    """Play the tests; 1 when one fails or the file has errors, 2 when there is no test of a name."""
    parser = console.parser("test", Text("运行配置文件里的测试。", "Run the tests of kefu.yaml."))
    parser.word("name", "只跑这些测试", "run only these tests", nargs="*", metavar="NAME")
    config_option(parser)
    parser.flag("--junit", metavar="XML", zh="另存 JUnit XML 报告", en="also write a JUnit XML report")
    given = parser.parse_args(arguments)
    file = os.path.relpath(given.config)
    spec, found = load_bytes(read_bytes(given.config), file)
    graph = None
    if spec is not None:
        graph, problems = compile_flow(spec)
        found.extend(problems)
    if spec is None or graph is None:
        if console.json:
            console.show("", {"ok": False, "problems": found.as_dicts(), "tests": []})
        else:
            print(found.render(console.language), end="", file=console.out)
            print(
                console.text("文件有错，测试没有运行。", "The file has errors; no test was run."),
                file=console.out,
            )
        return FINDING
    known = [trial.name for trial in spec.tests]
    for name in given.name:
        if name not in known:
            near = nearest(name, known)
            raise UsageError(
                Text(f"没有测试“{name}”。", f"There is no test {name!r}."),
                Text(f"是不是“{near}”？", f"Did you mean {near!r}?") if near else Text("", ""),
            )
    played = rehearse(spec, graph, given.name)
    if given.junit:
        write_bytes(given.junit, junit(played, file))
    passed = all(each.passed for each in played)
    console.show(report(played, console), {"ok": passed, "tests": [_plain(each) for each in played]})
    return FINE if passed else FINDING


def report(played: Sequence[Rehearsal], console: Console) -> str:
    """Return what people read: every test with its steps, and the sum."""
    lines: list[str] = []
    for each in played:
        lines.append(f"{_mark(each.passed)} {each.trial.name}")
        if each.trial.given:
            given = ", ".join(f"{name}: {_shown(value)}" for name, value in each.trial.given.items())
            lines.append(f"    {console.text('假设', 'given')} {given}")
        lines += [line for step in each.steps for line in _step(step, console)]
    failed = sum(1 for each in played if not each.passed)
    if not played:
        lines.append(console.text("文件里没有测试。", "The file has no tests."))
    elif failed:
        lines.append(
            console.text(
                f"{len(played)} 个测试，{failed} 个没有通过。", f"{len(played)} tests, {failed} failed."
            )
        )
    else:
        count = "1 test, it passes" if len(played) == 1 else f"{len(played)} tests, all pass"
        lines.append(console.text(f"{len(played)} 个测试，全部通过。", f"{count}."))
    return "\n".join(lines)


def _step(done: Rehearsed, console: Console) -> list[str]:
    step = done.step
    event = _event(step.event, console)
    what = f"{event} {step.text}".strip() or console.text("（只是等）", "(only waiting)")
    row = f"    {_mark(done.problem is None) if done.played else '-'} {spoken(step.time):>7}  {padded(what, 24)} → "
    if not done.played:
        return [row + f"{step.state}  ({NOT_PLAYED.say(console.language)})"]
    said = f"  “{'”“'.join(done.said)}”" if done.said else ""
    lines = [row + " + ".join(done.states or ("…",)) + said]
    if done.problem is not None:
        lines.append(f"        {done.problem.say(console.language)}")
    return lines


def _event(event: str, console: Console) -> str:
    word = EVENT_NAMES.get(event)
    return word.zh if word is not None and console.language == "zh" else event


def _mark(fine: bool) -> str:
    return "✓" if fine else "✗"


def _shown(value: Any) -> str:
    return {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _plain(played: Rehearsal) -> dict[str, Any]:
    return {
        "name": played.trial.name,
        "passed": played.passed,
        "line": played.trial.at.line,
        "steps": [
            {
                "time_ms": each.step.time,
                "event": each.step.event,
                "text": each.step.text,
                "expected": each.step.state,
                "actual": list(each.states),
                "said": list(each.said),
                "played": each.played,
                "problem": None if each.problem is None else each.problem._asdict(),
            }
            for each in played.steps
        ],
    }


def junit(played: Sequence[Rehearsal], file: str) -> bytes:
    """Return the report in the form that build servers read: one suite for the file, one case a test."""
    failed = sum(1 for each in played if not each.passed)
    counts = {"tests": str(len(played)), "failures": str(failed), "errors": "0", "skipped": "0"}
    root = Xml.Element("testsuites", counts)
    suite = Xml.SubElement(root, "testsuite", {"name": file, **counts})
    for each in played:
        attributes = {
            "classname": file,
            "name": each.trial.name,
            "file": file,
            "line": str(each.trial.at.line),
        }
        case = Xml.SubElement(suite, "testcase", attributes)
        problem = next((step.problem for step in each.steps if step.problem is not None), None)
        if problem is not None:
            failure = Xml.SubElement(case, "failure", {"message": problem.en, "type": "K501"})
            failure.text = f"{problem.zh}\n{problem.en}"
    Xml.indent(root)
    written: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"
