"""From a scenario's YAML to a Scenario, strictly: every problem with its line, cause and remedy in both languages.

The reader of YAML is the one that reads kefu.yaml, so that both files are refused for the same reasons with the same words.
Codes begin with L and never change their meaning.
"""

from pathlib import Path
from typing import Any, NamedTuple

from appliance.config import scalars
from appliance.config.diagnostics import Diagnostics, Span, did_you_mean, quoted
from appliance.config.nodes import Entry, Mapping, Node, Scalar, Sequence, find
from appliance.config.source import decode, parse
from appliance.errors import Text
from tools.loadtest.results import Target
from tools.loadtest.scenario import SHORTEST, Phase, Scenario, unfit
from tools.loadtest.verdict import measures

SCENARIOS = Path(__file__).parent / "scenarios"
LARGEST_MESSAGE = 8_192


class Field(NamedTuple):
    """What may stand behind a key: the kind of value and its bounds."""

    kind: str
    least: float = 0
    most: float = 10_000_000


TOP = {
    "loadtest": Field("count", 1, 1),
    "title": Field("texts"),
    "about": Field("texts"),
    "agents": Field("count", 0, 500),
    "soak": Field("flag"),
    "stammer": Field("share"),
    "vip": Field("share"),
    "store_rate": Field("count", 20, 1_000_000),
    "gives_up": Field("flag"),
    "phases": Field("list"),
    "targets": Field("list"),
}
PHASE = {
    "name": Field("text"),
    "seconds": Field("duration", 0, 7 * 86_400),
    "visitors": Field("count", 1, 200_000),
    "greet": Field("flag"),
    "rate": Field("number", 0.01, 200_000),
    "think": Field("duration", 0.05, 86_400),
    "agent_rate": Field("number", 0, 2_000),
    "bytes": Field("count", SHORTEST, LARGEST_MESSAGE),
    "pace": Field("pace"),
    "messages": Field("count", 1, 100_000_000),
    "outstanding": Field("count", 1, 20_000),
    "deaf": Field("share"),
    "cut": Field("flag"),
    "burst": Field("flag"),
    "overload": Field("flag"),
}
TARGET = {
    "name": Field("named"),
    "measure": Field("measure"),
    "at_most": Field("number", 0, 1e15),
    "at_least": Field("number", 0, 1e15),
    "unit": Field("text"),
}
_EXPECTED = {
    "count": Text("要写整数", "a whole number is wanted"),
    "number": Text("要写数", "a number is wanted"),
    "duration": Text("要写时长，如 20s、5m、2h", "a duration is wanted, such as 20s, 5m, 2h"),
    "share": Text("要写百分比，如 50%", "a percentage is wanted, such as 50%"),
    "flag": Text("要写 true 或 false", "true or false is wanted"),
    "pace": Text("要写 poisson（随机）或 even（均匀）", "poisson (at random) or even is wanted"),
    "text": Text("要写文字", "a text is wanted"),
    "texts": Text("要写 {zh: ……, en: ……}", "{zh: ..., en: ...} is wanted"),
    "list": Text("要写列表", "a list is wanted"),
}


def shipped() -> list[str]:
    """Return the names of the scenarios that come with kefu."""
    return sorted(path.stem for path in SCENARIOS.glob("*.yaml"))


def read(data: bytes, file: str, name: str) -> tuple[Scenario | None, Diagnostics]:
    """Return the scenario, None when there are errors, and everything that is wrong with it."""
    text, found = decode(data, file)
    if found.failed:
        return None, found
    found = Diagnostics(file, text)
    root = parse(text, found)
    if root is None:
        return None, found
    top = _values(root, TOP, "$", found)
    if "loadtest" not in top and not found.failed:
        message = Text("第一行要写 loadtest: 1", "the first line must be loadtest: 1")
        found.error("L101", "$", Span(1, 1, 1, 2), message, _IS_IT_A_SCENARIO)
    phases = [Phase(**each) for each in _items(root, "phases", PHASE, ("name",), found)]
    targets = [_target(each) for each in _items(root, "targets", TARGET, ("measure",), found)]
    if not phases and not found.failed:
        message = Text("没有写 phases：要做什么", "there are no phases: what is to be done")
        found.error("L105", "$", root.at, message, Text("至少写一个阶段", "write one at least"))
    if found.failed:
        return None, found
    scenario = Scenario(
        name,
        top.get("title", Text(name, name)),
        tuple(phases),
        top.get("agents", 0),
        tuple(targets),
        top.get("about", Text("", "")),
        top.get("soak", False),
        top.get("stammer", 0.0),
        top.get("vip", 0.0),
        top.get("store_rate", 0),
        top.get("gives_up", False),
    )
    refused = unfit(scenario)
    for number, key, cause, remedy in refused:
        path: tuple[str | int, ...] = ("phases", number, key) if number >= 0 else (key,)
        found.error("L106", f"$.{key}", find(root, path)[1], cause, remedy)
    return (None if refused else scenario), found


_IS_IT_A_SCENARIO = Text(
    "这是压测场景吗？kefu loadtest --list 列出现有的",
    "is this a scenario? kefu loadtest --list shows those there are",
)


def _target(values: dict[str, Any]) -> Target:
    name = values.pop("name", values["measure"])
    if isinstance(name, Text):
        return Target(name=name.en, name_zh=name.zh, **values)
    return Target(name=name, **values)


def _items(
    root: Mapping, key: str, fields: dict[str, Field], needed: tuple[str, ...], found: Diagnostics
) -> list[dict[str, Any]]:
    """Return the values of each item of a list of mappings."""
    node = root.get(key)
    if not isinstance(node, Sequence):
        return []
    items = []
    for number, item in enumerate(node.items):
        path = f"$.{key}[{number}]"
        if not isinstance(item, Mapping):
            found.error("L104", path, item.at, Text("要写 {键: 值}", "{key: value} is wanted"))
            continue
        values = _values(item, fields, path, found)
        missing = [name for name in needed if item.get(name) is None]
        for name in missing:
            found.error("L105", path, item.at, Text(f"缺少 {name}", f"{name} is missing"))
        if all(name in values for name in needed):
            items.append(values)
    return items


def _values(node: Mapping, fields: dict[str, Field], path: str, found: Diagnostics) -> dict[str, Any]:
    """Return the values of a mapping whose keys are all known."""
    values: dict[str, Any] = {}
    for entry in node.entries:
        field = fields.get(entry.key)
        if field is None:
            name = quoted(entry.key)
            message = Text(f"没有{name.zh}这个键", f"there is no key {name.en}")
            found.error("L102", path, entry.key_at, message, did_you_mean(entry.key, list(fields)))
            continue
        value = _value(entry, field, f"{path}.{entry.key}", found)
        if value is not None:
            values[entry.key] = value
    return values


def _value(entry: Entry, field: Field, path: str, found: Diagnostics) -> Any:
    if field.kind == "list" and isinstance(entry.value, Sequence):
        return None
    if field.kind == "texts" or (field.kind == "named" and isinstance(entry.value, Mapping)):
        return _texts(entry.value, path, found)
    value = _scalar(entry.value, field.kind)
    if field.kind == "measure" and value is not None and value not in measures():
        message = Text(f"结果里没有 {value}", f"nothing in the results is called {value}")
        found.error("L107", path, entry.value.at, message, did_you_mean(value, measures()))
        return None
    if value is None:
        expected = _EXPECTED.get(field.kind, _EXPECTED["text"])
        message = Text(f"{entry.key} 的值不对", f"this is no value for {entry.key}")
        found.error("L103", path, entry.value.at, message, expected)
        return None
    if isinstance(value, int | float) and not field.least <= value <= field.most:
        message = Text(f"{entry.key} 超出范围", f"{entry.key} is out of range")
        remedy = Text(f"写 {field.least:g} 到 {field.most:g}", f"write {field.least:g} to {field.most:g}")
        found.error("L103", path, entry.value.at, message, remedy)
        return None
    return value


def _scalar(node: Node, kind: str) -> Any:
    """Return the value of a scalar in the form of its kind, None when it has another."""
    if not isinstance(node, Scalar):
        return None
    value = node.value
    number = isinstance(value, int | float) and not isinstance(value, bool)
    match kind:
        case "count":
            return value if number and isinstance(value, int) else None
        case "number":
            return float(value) if number and isinstance(value, int | float) else None
        case "flag":
            return value if isinstance(value, bool) else None
        case "duration":
            millis = scalars.duration(node.text) if isinstance(value, str) else None
            return None if millis is None else millis / 1000
        case "share":
            return _share(node.text)
        case "pace":
            return value if value in ("poisson", "even") else None
        case _:
            return node.text or None


def _share(text: str) -> float | None:
    digits = text.removesuffix("%")
    if digits == text or not digits.replace(".", "", 1).isdigit() or float(digits) > 100:
        return None
    return float(digits) / 100


def _texts(node: Node, path: str, found: Diagnostics) -> Text | None:
    both = {"zh": Field("text"), "en": Field("text")}
    values = _values(node, both, path, found) if isinstance(node, Mapping) else {}
    if set(values) != set(both):
        message = Text("要有中文和英文", "Chinese and English are wanted")
        found.error("L103", path, node.at, message, _EXPECTED["texts"])
        return None
    return Text(values["zh"], values["en"])
