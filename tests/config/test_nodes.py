"""The tree knows its places and leads from a path back to them."""

from appliance.config.diagnostics import Span
from appliance.config.nodes import Mapping, Scalar, find, path_text, plain
from tests.config.reader import tree

TEXT = "一: {甲: [x, 'y z']}\ntwo: 3\n"


def test_keys_and_values_carry_their_spans() -> None:
    root = tree(TEXT)
    inner = root.entries[0].value
    assert root.entries[0].key_at == Span(1, 1, 1, 2)
    assert isinstance(inner, Mapping)
    assert inner.entries[0].key_at == Span(1, 5, 1, 6)
    quoted, at = find(root, ["一", "甲", 1])
    assert isinstance(quoted, Scalar)
    assert (quoted.text, at) == ("y z", Span(1, 12, 1, 17))
    assert quoted.inner == Span(1, 13, 1, 16)


def test_plain_is_what_the_text_means() -> None:
    assert plain(tree(TEXT)) == {"一": {"甲": ["x", "y z"]}, "two": 3}


def test_a_path_that_leads_nowhere_ends_at_the_last_thing_there_is() -> None:
    root = tree(TEXT)
    assert find(root, ["two", "deeper"])[1] == Span(2, 1, 2, 4)
    assert find(root, ["一", "甲", 7])[1] == Span(1, 5, 1, 6)
    assert root.get("three") is None


def test_a_path_reads_like_a_path() -> None:
    assert path_text(["flows", "main", "on", 2]) == "$.flows.main.on[2]"
