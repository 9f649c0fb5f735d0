"""The whole way from text to Spec: the shipped files, every golden diagnostic, and texts nobody would write."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.config.diagnostics import Diagnostics, Span
from appliance.config.load import load, load_bytes
from appliance.config.nodes import Mapping, Node, Scalar, Sequence
from appliance.config.source import parse
from appliance.config.vocabulary import ACTION_NAMES
from tests.config.goldens import FOLDER, cases, rendered

ROOT = Path(__file__).parent.parent.parent
SHIPPED = (ROOT / "kefu.yaml").read_text(encoding="utf-8")
ENGLISH = ROOT / "packaging" / "examples" / "english.kefu.yaml"
REFERENCES = ("to", "say", "initial", "on_error", "enqueue", "transfer")
OWN_NAMES = ("states", "queues", "messages", "vars")


@pytest.mark.parametrize("path", [ROOT / "kefu.yaml", ENGLISH], ids=lambda path: path.name)
def test_a_shipped_file_is_read_without_a_word(path: Path) -> None:
    spec, found = load_bytes(path.read_bytes(), path.name)
    assert found.render() == ""
    assert spec is not None
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 100


def test_both_shipped_files_say_the_same() -> None:
    chinese, _ = load(SHIPPED, "zh")
    english, _ = load(ENGLISH.read_text(encoding="utf-8"), "en")
    assert chinese is not None
    assert english is not None
    events = [[handler.event for handler in state.on] for state in chinese.main.states]
    assert events == [[handler.event for handler in state.on] for state in english.main.states]
    assert [queue.overflow is None for queue in chinese.queues] == [
        queue.overflow is None for queue in english.queues
    ]
    assert chinese.thresholds[0].enter == english.thresholds[0].enter
    assert [len(trial.steps) for trial in chinese.tests] == [len(trial.steps) for trial in english.tests]


def test_the_shipped_file_leaves_the_listening_address_to_the_default() -> None:
    spec, _ = load(SHIPPED, "kefu.yaml")
    assert spec is not None
    assert "listen:" not in SHIPPED
    assert (spec.listen.host, spec.listen.port) == ("127.0.0.1", 8080)
    assert spec.queue("VIP专席") is spec.queues[0]
    assert spec.queue("没有") is None


@pytest.mark.parametrize("name", cases())
def test_golden(name: str) -> None:
    text, data = rendered(name)
    assert text == (FOLDER / f"{name}.txt").read_text(encoding="utf-8"), (
        "run python -m tests.config.goldens, read the diff"
    )
    assert data == (FOLDER / f"{name}.json").read_text(encoding="utf-8")
    assert text.strip(), "a golden file shows at least one diagnostic"


def test_every_code_has_a_golden_file() -> None:
    sources = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "appliance" / "config").glob("*.py")
    )
    shown = "".join((FOLDER / f"{name}.json").read_text(encoding="utf-8") for name in cases())
    # K101 and K102 are about bytes and sizes that are better made in a test: see test_source.py.
    assert set(re.findall(r'"(K\d{3})"', sources)) - set(re.findall(r'"(K\d{3})"', shown)) == {"K101", "K102"}


def test_every_golden_diagnostic_speaks_both_languages_and_stands_in_the_file() -> None:
    for name in cases():
        lines = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8").split("\n")
        for found in json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")):
            assert found["message"]["zh"]
            assert found["message"]["en"]
            assert re.search("[\u4e00-\u9fff]", found["message"]["zh"])
            assert bool(found["hint"]["zh"]) == bool(found["hint"]["en"])
            assert 1 <= found["line"] <= len(lines)


@given(st.text())
@settings(max_examples=100)
def test_any_text_gives_a_spec_or_an_error(text: str) -> None:
    spec, found = load(text, "kefu.yaml")
    assert (spec is None) == found.failed
    assert found.render("zh").count("error[") <= len(found)
    json.loads(found.as_json())


@given(st.binary(max_size=200))
@settings(max_examples=100)
def test_any_bytes_give_a_spec_or_an_error(data: bytes) -> None:
    spec, found = load_bytes(data, "kefu.yaml")
    assert spec is None
    assert found.failed


_PIECES = st.sampled_from(
    ["!", "&a ", "*a", ":", ": ", "\t", "\n", "  ", "{", "}", "[", "]", "'", '"', "#", "- ", "? ", "|", ">", "%", "@",
     "\x00", "\ufeff", "\u2028", "：", "，", "0", "10s", "null", "true", "[]", "{}", "~", "é", "e\u0301", "\ud800",
     "<<: ", "{{ ", "on", "to: ", "final: true", "\\", "999999999999999999999", ".inf", "1e999"]
)  # fmt: skip


@given(st.integers(0, len(SHIPPED)), st.integers(0, 12), _PIECES)
@settings(max_examples=150)
def test_no_edit_of_the_shipped_file_can_harm_the_reader(at: int, cut: int, piece: str) -> None:
    spec, found = load(SHIPPED[:at] + piece + SHIPPED[at + cut :], "kefu.yaml")
    assert (spec is None) == found.failed
    assert found.render("en") == "" or len(found) > 0


_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.sampled_from(["x", "10s", "", "vip", "入口"]),
)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["to", "when", "on", "x", "say", "a"]), inner, max_size=3),
    ),
    max_leaves=6,
)


@given(st.data())
@settings(max_examples=150)
def test_any_value_in_any_place_gives_a_spec_or_an_error(data: st.DataObject) -> None:
    tree = parse(SHIPPED, Diagnostics("kefu.yaml", SHIPPED))
    assert tree is not None
    spot = data.draw(st.sampled_from([at for at, _ in _values(tree) if at.line == at.end_line]))
    lines = SHIPPED.split("\n")
    line = lines[spot.line - 1]
    written = json.dumps(data.draw(_VALUES), ensure_ascii=False)
    lines[spot.line - 1] = line[: spot.column - 1] + written + line[spot.end_column - 1 :]
    spec, found = load("\n".join(lines), "kefu.yaml")
    assert (spec is None) == found.failed


def test_a_slip_in_any_word_of_the_shipped_file_is_shown_on_its_own_line() -> None:
    tree = parse(SHIPPED, Diagnostics("kefu.yaml", SHIPPED))
    assert tree is not None
    spots = list(_words(tree, ()))
    assert len(spots) > 150
    silent = [spot for spot in spots if not _noticed(spot)]
    assert silent == []


def _noticed(at: Span) -> bool:
    lines = SHIPPED.split("\n")
    line = lines[at.line - 1]
    lines[at.line - 1] = line[: at.end_column - 1] + "乙" + line[at.end_column - 1 :]
    _, found = load("\n".join(lines), "kefu.yaml")
    return any(diagnostic.at.line == at.line for diagnostic in found)


def _words(node: Node, path: tuple[str, ...]) -> Iterator[Span]:
    """Yield every word of the file that has to be right: settings, events, actions, and names referred to."""
    if isinstance(node, Sequence):
        for item in node.items:
            yield from _words(item, path)
    elif isinstance(node, Mapping):
        for entry in node.entries:
            section = path[-1] if path else ""
            # The name of a message is its own to choose, yet a message that nobody says is reported.
            if section not in OWN_NAMES or section == "messages":
                yield entry.key_at
            yield from _words(entry.value, (*path, entry.key))
    elif _must_be_right(node, path):
        yield node.at


def _must_be_right(node: Scalar, path: tuple[str, ...]) -> bool:
    key = path[-1] if path else ""
    return key in REFERENCES or key == "steps" or node.text in ACTION_NAMES


def _values(node: Node) -> Iterator[tuple[Span, Node]]:
    yield node.at, node
    children = node.items if isinstance(node, Sequence) else ()
    if isinstance(node, Mapping):
        children = tuple(entry.value for entry in node.entries)
    for child in children:
        yield from _values(child)


def test_names_in_two_unicode_forms_are_one_name() -> None:
    text = "kefu: 1\nflows: {main: {initial: caf\u00e9, states: {cafe\u0301: {final: true}}}}\n"
    spec, found = load(text, "kefu.yaml")
    assert found.render() == ""
    assert spec is not None
    assert spec.main.initial == spec.main.states[0].name == "caf\u00e9"


def test_a_minimal_file_has_every_default() -> None:
    spec, found = load("kefu: 1\nflows: {main: {initial: a, states: {a: {final: true}}}}\n", "kefu.yaml")
    assert found.render() == ""
    assert spec is not None
    assert spec.hours.is_open(0)
    assert [queue.name for queue in spec.queues] == ["客服"]
    assert spec.limits.message_bytes == 8192
    assert [rung.action for rung in spec.thresholds] == ["read_receipts_off", "delay_push", "simple_protocol"]


def test_thousands_of_mistakes_are_cut_off_and_still_an_error() -> None:
    states = ", ".join(f"s{number}: {{after: {{1s: {{to: q{number}}}}}}}" for number in range(1200))
    spec, found = load(f"kefu: 1\nflows: {{main: {{initial: s1, states: {{{states}}}}}}}\n", "kefu.yaml")
    assert spec is None
    assert len(found) == 1000
