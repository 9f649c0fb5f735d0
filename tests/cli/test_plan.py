"""`kefu plan` where nothing runs; against a running appliance see test_apply.py."""

from pathlib import Path

from tests.cli.shell import SHIPPED, kefu


def test_a_sound_file_takes_effect_at_the_next_start(tmp_path: Path) -> None:
    said = kefu("plan", "-c", SHIPPED, "--data", str(tmp_path))
    assert (said.code, "takes effect at the next start" in said.out) == (0, True)
    assert kefu("plan", "-c", SHIPPED, "--data", str(tmp_path), "--json").json == {
        "ok": True,
        "problems": [],
        "plan": None,
    }
    assert list(tmp_path.iterdir()) == []


def test_a_broken_one_is_explained_all_the_same(tmp_path: Path) -> None:
    file = tmp_path / "k.yaml"
    file.write_text("kefu: 2\n", encoding="utf-8")
    said = kefu("plan", "-c", str(file), "--data", str(tmp_path))
    assert (said.code, "K204" in said.out) == (1, True)
    assert not kefu("plan", "-c", str(file), "--data", str(tmp_path), "--json").json["ok"]
