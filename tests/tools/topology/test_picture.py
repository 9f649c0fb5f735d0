"""What the formats have in common: titles, zones in order, a sentence about the whole."""

from msgspec.structs import replace

from tests.tools.topology.sites import site
from tools.topology.picture import ZONES, about, heading, subtitle, tone_word, view_word


def test_words_about_the_whole() -> None:
    picture = site(language="en")
    assert heading(picture).endswith(": topology · operator's view")
    assert subtitle(picture) == f"configuration {picture.config} · flow {picture.bundle}"
    assert subtitle(replace(picture, made="NOW")).endswith("· drawn NOW")
    assert about(picture).startswith(f"{len(picture.nodes)} parts, {len(picture.edges)} connections")
    assert (view_word("manager", "zh"), tone_word("full", "en")) == ("总览", "■ critical")


def test_zones_from_the_least_trusted_on() -> None:
    assert [zone for zone, _ in site().zones()] == [zone for zone, _ in ZONES]
    inside = [node.id for zone, _ in ZONES for node in site().inside(zone)]
    assert sorted(inside) == sorted(node.id for node in site().nodes)


def test_only_what_occurs_is_explained() -> None:
    assert "exposed" not in dict(site().ways())
    assert list(site().tones()) == []
    live = replace(site(), live=("up",))
    assert [tone for tone, _ in live.tones()] == ["fine", "busy", "full"]
    drifted = replace(live, nodes=(replace(live.nodes[0], drift=("a", "b")), *live.nodes[1:]))
    assert (drifted.drifted, "2 处不同" in about(drifted), "一致" in about(live)) == (2, True, True)
