"""Everything that kefu.yaml sets about the machine is in the picture, each setting in one box."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import fields, replace

from appliance.config.listen import AdminListen, Listen
from appliance.config.spec import Limits, Pools, Spec, Storage
from tests.tools.topology.sites import EVERYTHING, SHIPPED, many_queues, site, spec_of
from tools.topology.dot import dot_of
from tools.topology.mermaid import mermaid_of
from tools.topology.parts import MANY, edges_of, nodes_of
from tools.topology.picture import Node
from tools.topology.svg import svg_of
from tools.topology.table import table_of

SECTIONS = (Pools, Storage, Limits)
SETTINGS = [
    (kind.__name__.lower(), field.name)
    for kind in SECTIONS
    for field in fields(kind)
    if field.name not in ("at", "url")
]


def changed(before: Spec, after: Spec) -> list[tuple[Node, Node]]:
    """Return the nodes that differ."""
    pairs = zip(nodes_of(before, "en"), nodes_of(after, "en"), strict=True)
    return [(one, other) for one, other in pairs if one != other]


@pytest.mark.parametrize(("section", "name"), SETTINGS)
def test_each_setting_is_one_fact_of_one_box(section: str, name: str) -> None:
    spec = spec_of(EVERYTHING)
    part = getattr(spec, section)
    other = replace(spec, **{section: replace(part, **{name: getattr(part, name) + 1_024})})
    ((before, after),) = changed(spec, other)
    assert sum(one != two for one, two in zip(before.facts, after.facts, strict=True)) == 1
    assert edges_of(spec, "en") == edges_of(other, "en")


@given(public=st.integers(1, 65_535), admin=st.integers(1, 65_535) | st.none())
@settings(max_examples=60, deadline=None)
def test_a_port_is_one_label(public: int, admin: int | None) -> None:
    before = replace(spec_of(SHIPPED), listen=Listen(port=7, admin=AdminListen(port=9)))
    one = replace(before, listen=Listen(port=public, admin=AdminListen(port=9)))
    assert [after.id for _, after in changed(before, one)] == ["public"] * (public != 7)
    assert {node.address for node in nodes_of(one, "en")} >= {f"127.0.0.1:{public}", "127.0.0.1:9"}
    two = replace(before, listen=Listen(port=7, admin=AdminListen(port=admin)))
    assert [after.id for _, after in changed(before, two)] == ["admin_tcp"] * (admin != 9)
    for node, other in (*changed(before, one), *changed(before, two)):
        assert replace(other, address=node.address) == node


@pytest.mark.parametrize("listener", ["port: 8080", 'admin: "127.0.0.1:8081"'])
def test_in_every_text_a_port_is_one_line(listener: str) -> None:
    text = SHIPPED + 'listen: {port: 8080, admin: "127.0.0.1:8081"}\n'
    other = text.replace(listener, listener.replace("80", "90"))
    for render in (table_of, mermaid_of, dot_of):
        pictures = (site(text), site(other))
        # The line that names the file by its hash differs, as it must.
        lines = [
            [line for line in render(picture).splitlines() if picture.config not in line]
            for picture in pictures
        ]
        assert sum(one != two for one, two in zip(*lines, strict=True)) == 1
    words = [
        [line for line in svg_of(picture).splitlines() if "<text" in line and picture.config not in line]
        for picture in (site(text), site(other))
    ]
    different = [two for one, two in zip(*words, strict=True) if one != two]
    assert len(different) == 1
    assert ":90" in different[0]


def test_every_listener_pool_threshold_queue_and_alert_appears() -> None:
    told = table_of(site(EVERYTHING, "en"))
    for wanted in (
        "0.0.0.0:8100", "10.0.0.5:9100", "DATA/admin.sock", "12,345", "pool db (readers)  3",
        "load > 61% (back < 51%)", "load > 72% (back < 62%)", "delay push 3s", "load > 93% (back < 83%)",
        "贵宾", "夜班", "普通", "30s → 普通", "accepted by hand, 15s", "hours of its own", "≤ 7 an agent", "round robin",
        "when queue.oldest > 2m", "when load > 85%", "every 20s, answered within 5s", "every 64 records", "≤ 900 a second",
        "≤ 4,321", "≤ 99 letters", "https://bank.example.com", "https://m.example.com:8443",
    ):  # fmt: skip
        assert wanted in told, wanted


def test_what_is_not_there_is_not_drawn() -> None:
    off = site(SHIPPED + "listen: {admin: off}\n")
    assert "prometheus" not in {node.id for node in off.nodes}
    assert off.node("admin_tcp").off
    assert site().node("ai").off
    told = table_of(site(EVERYTHING, "en"))
    assert "backup" not in told.lower()
    assert "storage.rate" not in {fact.id for fact in site().node("store").facts}


def test_who_can_reach_it_without_a_proxy() -> None:
    ways = {edge.id: edge.way for edge in site(EVERYTHING).edges}
    assert (ways["visitors-public"], ways["prometheus-admin_tcp"]) == ("exposed", "exposed")
    ways = {edge.id: edge.way for edge in site().edges}
    assert ("visitors-public" in ways, ways["prometheus-admin_tcp"]) == (False, "plain")


def test_two_hundred_queues_stay_readable_and_none_is_lost() -> None:
    text = many_queues(200)
    desk = site(text).node("desk")
    assert len(desk.facts) == MANY
    assert "189" in desk.facts[-1].value
    assert "200" in desk.title
    whole = table_of(site(text, whole=True))
    assert all(f" 组{number} " in whole for number in range(1, 200))
    assert len(svg_of(site(text))) < 2 * len(svg_of(site()))


@pytest.mark.parametrize("text", [SHIPPED, EVERYTHING])
def test_ids_are_there_once_and_edges_lead_somewhere(text: str) -> None:
    for view in ("manager", "operator"):
        picture = site(text, view="manager" if view == "manager" else "operator")
        names = [node.id for node in picture.nodes]
        assert len(set(names)) == len(names)
        assert {end for edge in picture.edges for end in (edge.source, edge.target)} <= set(names)
        assert len({edge.id for edge in picture.edges}) == len(picture.edges)
        for node in picture.nodes:
            assert len({fact.id for fact in node.facts}) == len(node.facts)
