"""Reads log calls like a surveyor: a sentence that is always the same, and `extra` with fields that the page names."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

LEVELS = frozenset({"debug", "info", "warning", "error", "exception", "critical", "log"})
LOGGERS = frozenset({"_log", "logger", "_notes"})
STANDARD = frozenset({"exc_info", "extra"})


class Call(NamedTuple):
    """One log call: where, what is wrong with it ("" if nothing), and the fields that it names."""

    place: str
    wrong: str
    fields: tuple[str, ...]


def calls(root: Path) -> Iterator[Call]:
    """Yield the log calls of all modules under `root`."""
    for path in sorted(root.rglob("*.py")):
        if "node_modules" not in path.parts:
            yield from calls_of(path.read_text(encoding="utf-8"), path.relative_to(root.parent).as_posix())


def calls_of(text: str, place: str) -> Iterator[Call]:
    """Yield the log calls of a module."""
    tree = ast.parse(text, place)
    for scope in ast.walk(tree):
        if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
            told = {
                target.id: node.value
                for node in ast.walk(scope)
                if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict)
                for target in node.targets
                if isinstance(target, ast.Name)
            }
            for node in _own(scope):
                if isinstance(node, ast.Call) and _logs(node):
                    yield _judged(node, f"{place}:{node.lineno}", told)


def _own(scope: ast.AST) -> Iterator[ast.AST]:
    """Yield what stands in a function itself, not in those within it: they are walked for themselves."""
    for child in ast.iter_child_nodes(scope):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield child
            yield from _own(child)


def _logs(call: ast.Call) -> bool:
    match call.func:
        case ast.Attribute(value=ast.Name(id=name), attr=level):
            return name in LOGGERS and level in LEVELS
    return False


def _judged(call: ast.Call, place: str, told: dict[str, ast.Dict]) -> Call:
    assert isinstance(call.func, ast.Attribute)
    words = call.args[1:] if call.func.attr == "log" else call.args
    if len(words) != 1 or not all(isinstance(each, ast.Constant) for each in _sentences(words[0])):
        return Call(place, "the sentence is not always the same, or values are filled into it", ())
    if any("%" in str(each.value) for each in _sentences(words[0]) if isinstance(each, ast.Constant)):
        return Call(place, "the sentence has a place to fill in", ())
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if not given.keys() <= STANDARD:
        return Call(place, "fields stand in extra", ())
    extra = given.get("extra")
    if isinstance(extra, ast.Name):
        extra = told.get(extra.id)
    if extra is None:
        return Call(place, "extra is no dictionary that can be read here" if "extra" in given else "", ())
    if not isinstance(extra, ast.Dict):
        return Call(place, "extra is no dictionary that can be read here", ())
    names = tuple(str(key.value) for key in extra.keys if isinstance(key, ast.Constant))
    if len(names) != len(extra.keys):
        return Call(place, "the names of fields are not always the same", ())
    if any(isinstance(each, ast.JoinedStr) for value in extra.values for each in ast.walk(value)):
        return Call(place, "a field is put together from others", names)
    return Call(place, "", names)


def _sentences(word: ast.expr) -> list[ast.expr]:
    return [word.body, word.orelse] if isinstance(word, ast.IfExp) else [word]
