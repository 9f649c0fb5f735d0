"""Runs one vector through the compiler of guards and says how it went; tells first whether it is about our operators.

What is outside is told by the text of the expression alone, in categories that are counted: a vector that is merely
inconvenient has no category to hide in.
"""

import re
from collections.abc import Callable
from typing import Any, Literal

from msgspec import Struct

from appliance.flow.guards import compile_value
from tests.conformance.cel.vectors import Vector

_STRING = re.compile(
    r"""(?P<prefix>[bBrR]{0,2})(?P<quote>\"\"\"|'''|"|')(?P<body>(?:\\.|(?!(?P=quote)).)*)(?P=quote)""",
    re.DOTALL,
)
_CALL = re.compile(r"([A-Za-z_][\w.]*)\s*\(")
_MACROS = frozenset(
    [
        "has",
        "all",
        "exists",
        "exists_one",
        "existsOne",
        "map",
        "filter",
        "transformList",
        "transformMap",
        "transformMapEntry",
    ]
)
_CONVERSIONS = frozenset(
    ["int", "uint", "double", "string", "bytes", "bool", "dyn", "type", "duration", "timestamp"]
)
_OURS = frozenset(["size", "contains", "startsWith", "endsWith", "matches", "lower"])
_STRANGE = frozenset(["bytesValue", "uint64Value", "mapValue", "objectValue", "typeValue", "enumValue"])
_RULES: tuple[tuple[str, Callable[[str], object]], ...] = (
    ("comments and line breaks", re.compile(r"//|\n").search),
    ("optional values", re.compile(r"\?\.|\[\s*\?|\{\s*\?|optional").search),
    ("messages", re.compile(r"[A-Za-z_][\w.]*\s*\{|google\.|TestAllTypes|proto[23]").search),
    ("enumerations", re.compile(r"\bGlobalEnum\b").search),
    ("maps", re.compile(r"\{").search),
    ("unsigned numbers", re.compile(r"\b(?:\d+|0[xX][0-9a-fA-F]+)[uU]\b").search),
    ("escaped names", re.compile(r"`").search),
    ("namespaces", re.compile(r"(?:^|[^\w.)\]S])\.[A-Za-z_]").search),
    (
        "an element or a field of a value",
        re.compile(r"[\w)\]]\s*\[|[)\]S]\s*\.\s*[A-Za-z_]\w*(?!\w|\s*\()").search,
    ),
)

Came = Literal["passed", "differs", "outside"]


class Verdict(Struct, frozen=True):
    """How a vector went: `why` is the category of what is outside, else what came."""

    came: Came
    why: str = ""


class _Scope:
    def __init__(self, values: dict[str, Any]) -> None:
        self.vars = values


def judge(vector: Vector) -> Verdict:
    """Run one vector."""
    why = _outside(vector)
    if why:
        return Verdict("outside", why)
    # A vector that names no value wants true.
    wanted = _wanted(vector.original) or {"boolValue": True}
    names = {name: _plain(value["value"]) for name, value in vector.original.get("bindings", {}).items()}
    types = {name: _TYPES[type(value)] for name, value in names.items()}
    guard, _, problems = compile_value(vector.expr, "flows", types)
    fails = "evalError" in vector.original
    if guard is None:
        why = f"refused with {problems[0].code}"
        return Verdict("passed" if fails else "differs", why)
    try:
        value = guard.test(_Scope(names))
    except Exception as error:
        return Verdict("passed" if fails else "differs", f"failed with {type(error).__name__}")
    if fails:
        return Verdict("differs", f"gave {value!r} where CEL fails")
    if _same(value, _plain(wanted)):
        return Verdict("passed", "the same value")
    return Verdict("differs", f"gave {value!r} where CEL gives {_plain(wanted)!r}")


def _wanted(original: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = original.get("value") or original.get("typedResult", {}).get("result", {})
    return found


def _outside(vector: Vector) -> str:
    original = vector.original
    if original.get("checkOnly") or ("typedResult" in original and not _wanted(original)):
        return "only about CEL's own types"
    if "container" in original and original.get("bindings"):
        return "namespaces"
    for match in _STRING.finditer(vector.expr):
        if "b" in match["prefix"].lower():
            return "bytes"
        if len(match["quote"]) == 3:
            return "texts over several lines"
    text = _STRING.sub("S", vector.expr)
    for name, found in _RULES:
        if found(text):
            return name
    called = _CALL.findall(text)
    for name in called:
        last = name.rpartition(".")[2]
        if last in _MACROS:
            return "macros"
        if last in _CONVERSIONS:
            return "conversions and types as values"
    strange = [name for name in called if name.rpartition(".")[2] not in _OURS]
    if strange and not any(name.startswith("f_unknown") for name in strange):
        return "functions of extensions"
    if re.search(r"\b(?:int|uint|double|string|bytes|bool|list|map|type|null_type)\b(?!\s*\()", text):
        return "conversions and types as values"
    values = [_wanted(original), *(each.get("value", {}) for each in original.get("bindings", {}).values())]
    if _STRANGE & {kind for value in values for kind in value}:
        return "values of kinds that we do not have"
    return ""


def _plain(value: dict[str, Any]) -> Any:
    ((kind, held),) = value.items()
    match kind:
        case "int64Value":
            return int(held)
        case "doubleValue":
            return float(held)
        case "listValue":
            return tuple(_plain(each) for each in held.get("values", ()))
        case _:
            return held


_TYPES = {bool: "bool", int: "number", float: "number", str: "string", tuple: "list:any", type(None): "any"}


def _same(came: Any, wanted: Any) -> bool:
    """Whether both are the same value of the same kind; not-a-number is itself."""
    if isinstance(came, tuple | list) and isinstance(wanted, tuple):
        return len(came) == len(wanted) and all(
            _same(one, other) for one, other in zip(came, wanted, strict=True)
        )
    if type(came) is not type(wanted):
        return False
    return bool(came == wanted) or (came != came and wanted != wanted)
