"""Graphviz from the wheel: a picture without any program `dot`, and a plain word when it cannot be done."""

import shutil

import pytest

from tests.tools.graph.flows import everything
from tools.drawing.render import CannotDrawError, dated, layout, rendered
from tools.graph.dot import dot_of


@pytest.mark.parametrize(("form", "magic"), [("png", b"\x89PNG\r\n"), ("pdf", b"%PDF")])
def test_pictures_without_a_program_dot(
    form: str, magic: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("dot") is None
    made = rendered(dot_of(everything()), form)
    assert made.data.startswith(magic)
    assert made.missing == "", "fonts-noto-cjk is among the packages of the tests"


def test_a_layout_has_a_place_for_every_box() -> None:
    names = {each["name"] for each in layout(dot_of(everything()))["objects"]}
    assert {box.id for box in everything().every() if not box.boxes} <= names


def test_what_cannot_be_drawn_is_one_sentence() -> None:
    with pytest.raises(CannotDrawError, match="Graphviz could not draw it"):
        rendered("digraph { a -> ", "png")
    with pytest.raises(CannotDrawError, match="too large"):
        rendered(dot_of(everything()), "png", patience=0.001)


def test_two_pdfs_of_one_picture_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    made = rendered(dot_of(everything()), "pdf").data
    assert b"/CreationDate (D:20260921141320Z" in made
    assert dated(made, "soon") == made == dated(made, "1790000000")
    assert len(dated(made, "0")) == len(made)
