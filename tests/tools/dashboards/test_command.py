"""`kefu dashboards` writes, says what it wrote, and tells fresh from stale."""

from pathlib import Path

from tests.cli.shell import kefu
from tools.dashboards.files import files

ROOT = Path(__file__).resolve().parents[3]


def test_it_writes_every_file_and_then_finds_them_fresh(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "boards"
    said = kefu("dashboards", "-o", str(folder), "--json", lang="zh")
    assert said.code == 0
    assert said.json["written"] == said.json["files"] == list(files("zh"))
    for path, text in files("zh").items():
        assert (folder / path).read_text(encoding="utf-8") == text
    assert kefu("dashboards", "-o", str(folder), "--check").code == 0, "the language is that of the files"
    assert kefu("dashboards", "-o", str(folder), "--json", lang="zh").json["written"] == []


def test_an_edit_and_a_missing_file_are_stale(tmp_path: Path) -> None:
    kefu("dashboards", "-o", str(tmp_path))
    (tmp_path / "json/slo.json").write_text("{}")
    (tmp_path / "prometheus/rules.yml").unlink()
    said = kefu("dashboards", "-o", str(tmp_path), "--check", "--json")
    assert said.code == 1
    assert said.json["stale"] == ["json/slo.json", "prometheus/rules.yml"]
    assert kefu("dashboards", "-o", str(tmp_path), "--json").json["written"] == said.json["stale"]


def test_the_runbooks_stand_where_one_says(tmp_path: Path) -> None:
    kefu("dashboards", "-o", str(tmp_path), "--runbooks", "https://wiki.example/kefu")
    assert (
        "runbook_url: https://wiki.example/kefu/KefuDown.md"
        in (tmp_path / "prometheus/rules.yml").read_text()
    )


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = kefu("dashboards", "-o", str(tmp_path / "file" / "x"))
    assert said.code == 1
    assert "cannot be made" in said.err


def test_the_folder_of_this_checkout_is_fresh() -> None:
    assert kefu("dashboards", "-o", str(ROOT / "dashboards"), "--check").code == 0, "run `make generate`"
