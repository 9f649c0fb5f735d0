"""Python as a data model: what documents may say in it, and what stays locked."""

from dataclasses import dataclass, field

import pytest

from tests.conformance.scxml.events import ABSENT, Event
from tests.conformance.scxml.faults import Illegal, Unsupported
from tests.conformance.scxml.python_model import Python


@dataclass
class Asker:
    """As much of a session as a data model wants to know."""

    id: str = "session1"
    name: str | None = "machine"
    inside: set[str] = field(default_factory=lambda: {"here"})
    logged: list[str] = field(default_factory=list)

    def log(self, line: str) -> None:
        self.logged.append(line)


def model() -> Python:
    made = Python(Asker())
    made.hear(Event("foo", "external", {"a": 1, "list": [1, {"b": 2}]}, sendid="s"))
    for name in ("x", "y"):
        made.declare(name)
    made.run("x = [1, 2]\ny = {'k': {'z': 3}}")
    return made


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("x[0] + y['k']['z']", 4),
        ("_event.name + _event.sendid", "foos"),
        ("_event.data.a + _event.data['list'][1].b", 3),
        ("hasattr(_event, 'invokeid') and not _event.invokeid", True),
        ("'name' in _event", True),
        ("'x' in globals() and 'nothing' not in vars()", True),
        ("[n * 2 for n in x if n > 1]", [4]),
        ("(lambda n: n + 1)(2)", 3),
        ("_name == 'machine' and _sessionid == 'session1'", True),
        ("_ioprocessors['scxml'].location", "#_scxml_session1"),
        ("In('here') and not In('there')", True),
        ("\nstr(len(x)).startswith('2')", True),
    ],
)
def test_expressions(source: str, wanted: object) -> None:
    assert model().value(source) == wanted


@pytest.mark.parametrize(
    "source",
    ["", "return", "1 = 1", "nothing", "x[9]", "y.k", "1 / 0", "_event.data.nothing", "_event.nothing"],
)
def test_what_is_wrong_is_an_error(source: str) -> None:
    with pytest.raises(Illegal):
        model().value(source)


@pytest.mark.parametrize(
    "source",
    [
        "open('/etc/passwd')", "eval('1')", "().__class__", "x.__len__()", "'{0.real}'.format(1)", "getattr(x, '__class__')",
        "__import__('os')", "type.mro(int)", "setattr(x, 'a', 1)", "await x", "(yield)",
    ],
)  # fmt: skip
def test_what_is_locked_is_admitted(source: str) -> None:
    with pytest.raises((Unsupported, Illegal)):
        model().value(source)


def test_the_ways_out_are_locked() -> None:
    """Attributes with two underscores and imports never run, not even inside a script."""
    for source in (
        "import os",
        "class A: pass",
        "x = ().__class__.__base__",
        "from os import path",
        "with x: pass",
    ):
        with pytest.raises(Unsupported):
            model().run(source)


def test_scripts_change_what_is_declared() -> None:
    made = model()
    made.run(
        "\n      total = 0\n      for n in x:\n        total += n\n      def twice(n):\n        return n * 2\n    "
    )
    assert made.value("twice(total)") == 6
    made.run("z = 1\n      w = z + 1")
    assert made.value("w") == 2


@pytest.mark.parametrize(
    "source", ["_event = 1", "_name = 'x'", "In = None", "_event.name = 'x'", "_ioprocessors['scxml'] = 1"]
)
def test_system_variables_cannot_be_changed(source: str) -> None:
    made = model()
    with pytest.raises(Illegal):
        made.run(source)
    assert made.value("_event.name") == "foo"
    assert made.value("In('here')") is True


def test_assigning() -> None:
    made = model()
    made.assign("x", 5)
    made.assign("y['k']['z']", 6)
    made.assign("_event.data.a", 7)
    assert made.value("[x, y['k']['z']]") == [5, 6]
    for place in (
        "nothing",
        "nothing.a",
        "1",
        "x + 1",
        "_event",
        "_sessionid",
        "continue",
        "",
        "x.__class__",
    ):
        with pytest.raises((Illegal, Unsupported)):
            made.assign(place, 1)


def test_what_crosses_to_another_session_is_a_copy() -> None:
    one, two = model(), model()
    carried = one.portable(one.value("y"))
    taken = two.take(carried)
    taken["k"]["z"] = 9
    assert one.value("y['k']['z']") == 3
    assert one.portable(len) is ABSENT
    assert two.take(ABSENT) is None


def test_xml_is_a_document() -> None:
    made = model()
    made.bind("doc", made.read_text("<books><book title='a'/><book title='b'/></books>"))
    assert made.value("doc.getElementsByTagName('book')[1].getAttribute('title')") == "b"
    assert made.take(made.portable(made.value("doc"))).toxml() == made.value("doc").toxml()
    assert made.show(made.value("doc")).endswith('<books><book title="a"/><book title="b"/></books>')


def test_foreach_runs_over_lists_only() -> None:
    made = model()
    assert made.items("x") == [1, 2]
    for source in ("7", "'text'", "None"):
        with pytest.raises(Illegal):
            made.items(source)
