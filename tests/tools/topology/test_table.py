"""The text table: every zone, every part, every way."""

from msgspec.structs import replace

from tests.tools.topology.sites import site
from tools.topology.table import table_of


def test_everything_is_told() -> None:
    picture = site(language="en")
    told = table_of(picture)
    for zone in (name for _, name in picture.zones()):
        assert f"\n[{zone}]\n" in told
    for node in picture.nodes:
        assert node.title in told
        assert all(fact.value in told for fact in node.facts)
    assert "Reverse proxy · yours to run: certificate, name · not part of kefu" in told
    ways = told[told.index("[Connections]") :].splitlines()
    assert len(ways) == len(picture.edges) + 2
    assert any(
        line.split() == ["Overload", "ladder", "Public", "listener", "degrades", "within", "the", "process"]
        for line in ways
    )


def test_the_state_is_told() -> None:
    picture = site(language="en")
    nodes = tuple(replace(node, tone="busy", said=("a",), drift=("b",)) for node in picture.nodes)
    told = table_of(replace(picture, nodes=nodes, live=("running: x",)))
    assert told.count("    ▲ attention\n    a\n    ≠ b\n") == len(nodes)
    assert told.splitlines()[2] == "running: x"
