"""The schema check: jsonschema finds what does not fit, this module says it to an operator.

jsonschema speaks of `anyOf` and `additionalProperties`; an operator wants the line, the word and the remedy.  Where a
value may have several forms, the form that was evidently meant (the same kind of YAML value) is judged, not all.
"""

import copy
import re
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from appliance.config import shape_messages as say
from appliance.config.diagnostics import Diagnostics, Span, did_you_mean, quoted
from appliance.config.nodes import Mapping, Node, Scalar, Sequence, find, path_text, plain
from appliance.config.schema import document
from appliance.errors import Text

Path = list[str | int]

_SECRET_NAME = re.compile("secret|passw|token|api_?key|密钥|密码|口令", re.IGNORECASE)
_SECRET_REFERENCE = re.compile(r"\$\{(env|file):")


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(_linked(document()))


def _linked(schema: dict[str, Any]) -> dict[str, Any]:
    """Put the definition itself in the place of every reference: looking them up is a third of the work of a check.

    The result goes in circles (a state holds states), which a validator follows only as deep as the file is.
    """
    schema = copy.deepcopy(schema)
    definitions: dict[str, Any] = schema["$defs"]

    def link(node: Any) -> Any:
        if isinstance(node, list):
            return [link(each) for each in node]
        if not isinstance(node, dict):
            return node
        for key, value in node.items():
            node[key] = link(value)
        while "$ref" in node:
            node = definitions[node["$ref"].removeprefix("#/$defs/")]
        return node

    link(schema)
    return schema


def check(root: Mapping, found: Diagnostics) -> None:
    """Add everything in `root` that does not fit the schema."""
    _guard_secrets(root, found, [])
    for error in _validator().iter_errors(plain(root)):
        if found.full:
            return
        _translate(error, root, found)


def _guard_secrets(node: Node, found: Diagnostics, path: Path) -> None:
    """Cover what may be a secret, and refuse references to secrets where nothing would resolve them."""
    children: list[tuple[str | int, Node]] = []
    if isinstance(node, Mapping):
        children = [(entry.key, entry.value) for entry in node.entries]
    elif isinstance(node, Sequence):
        children = list(enumerate(node.items))
    name = str(path[-1]) if path else ""
    if isinstance(node, Scalar):
        if _SECRET_NAME.search(name):
            found.conceal(node.at)
        elif _SECRET_REFERENCE.search(node.text):
            message = Text("这里不能引用密钥", "a secret cannot be used here")
            hint = Text("只有 site.identity_secret 可以", "only site.identity_secret takes one")
            found.error("K208", path_text(path), node.at, message, hint)
    for key, child in children:
        _guard_secrets(child, found, [*path, key])


def _translate(error: ValidationError, root: Mapping, found: Diagnostics) -> None:
    path: Path = list(error.absolute_path)
    node, key_at = find(root, path)
    if "propertyNames" in error.absolute_schema_path:
        _bad_name(error, path, node, found)
        return
    match error.validator:
        case "anyOf":
            _translate_form(error, root, found)
        case "additionalProperties":
            _unknown_keys(error, path, node, found)
        case "required":
            _missing_keys(error, path, node, key_at, found)
        case "type":
            _wrong_type(_types(error.validator_value), error, path, found, _value_at(node, key_at))
        case _:
            _wrong_value(error, path, found, _value_at(node, key_at))


def _translate_form(error: ValidationError, root: Mapping, found: Diagnostics) -> None:
    """Judge the form that was meant; if the value has none of the kinds that are allowed, say which those are."""
    forms: dict[int, list[ValidationError]] = {}
    for inner in error.context or []:
        forms.setdefault(int(inner.schema_path[0]), []).append(inner)
    expected: list[str] = []
    for inner_errors in forms.values():
        misfit = next((inner for inner in inner_errors if inner.validator == "type" and not inner.path), None)
        if misfit is None:
            for inner in inner_errors:
                _translate(inner, root, found)
            return
        expected += _types(misfit.validator_value)
    path: Path = list(error.absolute_path)
    node, key_at = find(root, path)
    _wrong_type(list(dict.fromkeys(expected)), error, path, found, _value_at(node, key_at))


def _report(found: Diagnostics, code: str, path: str, at: Span, message: Text, hint: Text) -> None:
    """Add a problem, unless YAML was at fault at the same place already."""
    if not found.covers(at, "K1"):
        found.error(code, path, at, message, hint)


def _unknown_keys(error: ValidationError, path: Path, node: Node, found: Diagnostics) -> None:
    schema: dict[str, Any] = error.schema if isinstance(error.schema, dict) else {}
    known = list(schema.get("properties", {}))
    patterns = list(schema.get("patternProperties", {}))
    later = schema.get("x-later-keys", [])
    kind = schema.get("x-kind", "")
    for entry in node.entries if isinstance(node, Mapping) else ():
        if entry.key in known or any(re.search(pattern, entry.key) for pattern in patterns):
            continue
        if found.full:
            return
        where = path_text([*path, entry.key])
        if entry.key in later or kind == "flows":
            code, message, hint = say.later_key(entry.key, kind)
        else:
            code, message = say.unknown_key(entry.key, kind)
            hint = say.day_help() if kind == "days" else did_you_mean(entry.key, known)
        _report(found, code, where, entry.key_at, message, hint)


def _missing_keys(error: ValidationError, path: Path, node: Node, key_at: Span, found: Diagnostics) -> None:
    present = {entry.key for entry in node.entries} if isinstance(node, Mapping) else set()
    required: list[str] = error.validator_value if isinstance(error.validator_value, list) else []
    for name in required:
        if name not in present:
            at = key_at if path else Span(1, 1, 1, 2)
            _report(found, "K203", path_text(path), at, *say.missing(name))


def _wrong_type(
    expected: list[str], error: ValidationError, path: Path, found: Diagnostics, at: Span
) -> None:
    schema: dict[str, Any] = error.schema if isinstance(error.schema, dict) else {}
    code, message, hint = say.wrong_type(expected, error.instance, str(schema.get("x-kind", "")))
    _report(found, code, path_text(path), at, message, hint)


def _wrong_value(error: ValidationError, path: Path, found: Diagnostics, at: Span) -> None:
    schema: dict[str, Any] = error.schema if isinstance(error.schema, dict) else {}
    code, message, hint = say.wrong_value(str(error.validator), error.validator_value, error.instance, schema)
    _report(found, code, path_text(path), at, message, hint)


def _bad_name(error: ValidationError, path: Path, node: Node, found: Diagnostics) -> None:
    """A key that the operator may choose is empty, too long or no name."""
    entry = node.entry(str(error.instance)) if isinstance(node, Mapping) else None
    at = entry.key_at if entry else node.at
    name = quoted(error.instance)
    message = Text(f"{name.zh}不能作名字", f"{name.en} cannot be a name")
    hint = Text(
        "用 1 到 60 个字，变量名不用空格和标点", "use 1 to 60 letters; no spaces or signs in variables"
    )
    _report(found, "K205", path_text([*path, str(error.instance)]), at, message, hint)


def _types(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _value_at(node: Node, key_at: Span) -> Span:
    """Point at a value that stands on the line, else at its key: a caret under ten lines helps nobody."""
    empty = (node.at.line, node.at.column) == (node.at.end_line, node.at.end_column)
    return node.at if isinstance(node, Scalar) and not empty else key_at
