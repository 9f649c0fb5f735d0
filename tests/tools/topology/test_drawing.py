"""The golden pictures, every format, and what one picture is made of."""

import pytest

from tests.tools.topology.goldens import CHANGED, FOLDER, texts
from tests.tools.topology.sites import EVERYTHING, SHIPPED, site, spec_of
from tools.topology.drawing import FORMS, config_hash, drawn, moment, picture_of

MAGIC = {
    "svg": b"<svg",
    "png": b"\x89PNG",
    "pdf": b"%PDF",
    "dot": b"digraph",
    "mermaid": b"flowchart TB",
    "text": "[互联网]".encode(),
}


@pytest.mark.parametrize("name", sorted(texts()))
def test_golden(name: str) -> None:
    assert texts()[name] == (FOLDER / name).read_text(encoding="utf-8"), (
        "run python -m tests.tools.topology.goldens"
    )


def test_a_changed_file_changes_two_lines() -> None:
    assert SHIPPED != CHANGED
    before, after = texts()["shipped.txt"].splitlines(), texts()["changed.txt"].splitlines()
    changed = [other for one, other in zip(before, after, strict=True) if one != other]
    assert [line.split("  ")[-1].strip() for line in changed] == ["延迟推送 2s", "6"]


@pytest.mark.parametrize("form", sorted(set(FORMS.values())))
def test_every_format(form: str) -> None:
    data, strange = drawn(site(EVERYTHING), form)
    assert MAGIC[form] in data[:700]
    assert strange == "", "fonts-noto-cjk is among the packages of the tests"


def test_the_same_file_gives_the_same_bytes() -> None:
    spec = spec_of(SHIPPED)
    one = picture_of(spec, SHIPPED, "zh", "operator", made=1_790_000_000)
    assert one.made == "2026-09-21 22:13 Asia/Shanghai" == moment(1_790_000_000, "Asia/Shanghai")
    assert drawn(one, "svg") == drawn(picture_of(spec, SHIPPED, "zh", "operator", made=1_790_000_000), "svg")
    assert one.config == config_hash(SHIPPED)
    assert one.config != config_hash(SHIPPED + " ")
