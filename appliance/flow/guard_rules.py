"""The tables behind guard_types: how types are called, what may be combined with what, what each function takes.

Data and small answers only; the walk over the tree is in guard_types.py.
"""

from collections.abc import Callable
from typing import Any

from appliance.errors import Text
from appliance.flow.guard_parse import Binary, Literal

_CALLED = {
    "bool": Text("是或否", "true or false"),
    "number": Text("数字", "a number"),
    "string": Text("文字", "text"),
    "duration": Text("时间长度", "a duration"),
    "percent": Text("百分比", "a percentage"),
    "null": Text("空值", "null"),
    "any": Text("任意值", "any value"),
}
FUNCTIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "size": (("sized",), "number"),
    "contains": (("string", "string"), "bool"),
    "startsWith": (("string", "string"), "bool"),
    "endsWith": (("string", "string"), "bool"),
    "matches": (("string", "string"), "bool"),
    "lower": (("string",), "string"),
}
_SIGNATURES: dict[str, Text] = {
    "size": Text("写成 size(文字或列表)", "write size(text or list)"),
    "lower": Text("写成 lower(文字)", "write lower(text)"),
    "matches": Text("写成 matches(文字, '模式')", "write matches(text, 'pattern')"),
    **{
        name: Text(f"写成 {name}(文字, '词')", f"write {name}(text, 'word')")
        for name in ("contains", "startsWith", "endsWith")
    },
}
# What `a SIGN b` gives, for the pairs that mean something.
MEASURES = ("number", "duration", "percent")
ARITHMETIC: dict[tuple[str, str, str], str] = {
    **{("+", kind, kind): kind for kind in (*MEASURES, "string")},
    **{("-", kind, kind): kind for kind in MEASURES},
    **{("/", kind, kind): "number" for kind in MEASURES},
    ("*", "number", "number"): "number",
    ("*", "duration", "number"): "duration",
    ("*", "number", "duration"): "duration",
    ("*", "duration", "percent"): "duration",
    ("*", "percent", "duration"): "duration",
    ("*", "number", "percent"): "number",
    ("*", "percent", "number"): "number",
    ("/", "duration", "number"): "duration",
    ("/", "percent", "number"): "percent",
    ("%", "number", "number"): "number",
}
ORDERED = ("number", "string", "duration", "percent", "bool")


def called(kind: str) -> Text:
    """Return how people call a type."""
    if kind.startswith("list:"):
        return Text("列表", "a list")
    return _CALLED[kind]


def type_of_value(value: object) -> str:
    """Return the guard type of a value of a flow variable."""
    if value is None:
        return "any"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "list:any" if isinstance(value, list | tuple) else "any"


def kept_to(kind: str, compute: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return `compute` with a check: it raises TypeError for a value that a flow variable of `kind` cannot hold.

    Guards trust the types of variables; what an event brings (event.data) has one only when it is there.
    """

    def checked(scope: Any) -> Any:
        value = compute(scope)
        if value is not None and type_of_value(value) != kind:
            raise TypeError(f"not {called(kind).en}")
        return value

    return checked


def comparable(left: str, right: str) -> bool:
    if left == right or "any" in (left, right) or "null" in (left, right):
        return True
    return left.startswith("list:") and right.startswith("list:") and "any" in (left[5:], right[5:])


def unit_hint(node: Binary, left: str, right: str) -> Text:
    """Return what to write when one side has a unit and the other is a bare number (or text)."""
    if node.sign in ("<", "<=", ">", ">=") and left == right:
        return Text("这种值只能用 == 和 !=", "such values go with == and != only")
    if node.sign == "%":
        return Text("取余数要两个数字", "a remainder needs two numbers")
    if node.sign == "*" and {left, right} <= set(MEASURES):
        return Text("相乘的一边要是数字", "one side of a product must be a number")
    for side, kind, other in ((node.right, right, left), (node.left, left, right)):
        if not isinstance(side, Literal):
            continue
        if kind == "number" and other == "duration":
            return Text(f"写成 {side.value}s", f"write {side.value}s")
        if kind == "number" and other == "percent" and isinstance(side.value, int | float):
            shown = f"{side.value * 100:g}%" if 0 < side.value < 1 else f"{side.value:g}%"
            return Text(f"写成 {shown}", f"write {shown}")
        if kind == "number" and other == "string":
            return Text(f"写成 '{side.value}'", f"write '{side.value}'")
        if kind == "percent" and other == "number" and isinstance(side.value, float):
            return Text(f"写成 {side.value * 100:g}", f"write {side.value * 100:g}")
    if kind_of_truth := {left, right} & {"bool"}:
        return truth_hint(({left, right} - kind_of_truth or {"bool"}).pop())
    return Text("两边要是同一种值", "both sides must be of one kind")


def truth_hint(kind: str) -> Text:
    """Return how a value of `kind` becomes a condition."""
    if kind == "bool":
        return Text("是或否只能用 && || ! == !=", "true and false go with && || ! == !=")
    if kind == "string":
        return Text("写成比较，例如 == '…' 或 != ''", "compare it, such as == '...' or != ''")
    if kind.startswith("list:"):
        return Text("写成 '词' in 列表，或 size(列表) > 0", "write 'word' in list, or size(list) > 0")
    sample = {"duration": "10s", "percent": "50%"}.get(kind, "0")
    return Text(f"写成比较，例如 > {sample}", f"compare it, such as > {sample}")


def signature(name: str) -> Text:
    """Return how a function is called."""
    return _SIGNATURES[name]
