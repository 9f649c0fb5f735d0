"""Where CEL has the operator, CEL's answer is right: its public vectors, every one of them accounted for."""

from collections import Counter

import pytest

from appliance.flow import guard_code
from tests.conformance.cel.differences import DIFFERENCES
from tests.conformance.cel.judge import Verdict, judge
from tests.conformance.cel.vectors import Vector, literal, vectors

VECTORS = vectors()
OUTSIDE = {
    "messages": 586,
    "functions of extensions": 319,
    "conversions and types as values": 267,
    "unsigned numbers": 225,
    "bytes": 142,
    "maps": 127,
    "macros": 78,
    "optional values": 60,
    "texts over several lines": 44,
    "an element or a field of a value": 41,
    "values of kinds that we do not have": 27,
    "only about CEL's own types": 25,
    "enumerations": 22,
    "namespaces": 8,
    "comments and line breaks": 2,
}
PASSED = {
    "the same value": 322,
    "refused with K403": 18,
    "refused with K404": 4,
    "refused with K406": 1,
    "failed with ZeroDivisionError": 8,
    "failed with TypeError": 1,
}


def verdicts() -> list[tuple[str, Verdict]]:
    return [(vector.place, judge(vector)) for vector in VECTORS]


def test_every_vector_is_accounted_for() -> None:
    found = verdicts()
    assert len(found) == len(VECTORS) == 2344
    assert Counter(each.why for _, each in found if each.came == "outside") == OUTSIDE
    assert Counter(each.why for _, each in found if each.came == "passed") == PASSED
    assert sorted(place for place, each in found if each.came == "differs") == sorted(DIFFERENCES)


def test_a_wrong_operator_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(guard_code._HELPERS, "_remainder", lambda left, right: left % right)
    differs = {place for place, each in verdicts() if each.came == "differs"} - set(DIFFERENCES)
    assert differs == {
        "integer_math/int64_math/mod_positive_negative",
        "integer_math/int64_math/mod_negative_positive",
        "fp_math/fp_math/mod_not_support",
    }


@pytest.mark.parametrize(
    ("expr", "value", "came"),
    [
        ("1 + 1", {"int64Value": "2"}, "passed"),
        ("1 + 1", {"doubleValue": 2}, "differs"),
        ("[1] + [2]", {"listValue": {"values": [{"int64Value": "1"}, {"int64Value": "2"}]}}, "passed"),
        ("true", {"int64Value": "1"}, "differs"),
        ("{'a': 1}.a", {"int64Value": "1"}, "outside"),
        ("b'a'", {"bytesValue": "YQ=="}, "outside"),
        ("'{'", {"stringValue": "{"}, "passed"),
    ],
)
def test_the_judge_is_strict(expr: str, value: dict[str, object], came: str) -> None:
    assert judge(Vector("a/b/c", expr, {"expr": expr, "value": value})).came == came


def test_object_literals_are_read_as_javascript_reads_them() -> None:
    assert literal("""{a: 'b\\n', "c": [1, -2.5, null,], d: {}, "e'": true, f: "\\ud83d\\ude00"};""") == {
        "a": "b\n",
        "c": [1, -2.5, None],
        "d": {},
        "e'": True,
        "f": "😀",
    }
    for wrong in ("{a b};", "[1 2];", "{a: fromJson()};", "[`x`];"):
        with pytest.raises(ValueError, match=r"before|unreadable"):
            literal(wrong)
