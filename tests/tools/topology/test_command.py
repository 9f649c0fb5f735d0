"""`kefu topology`: the ending of the file says the format; what cannot be drawn is said plainly, in both languages."""

from pathlib import Path

import pytest

from appliance.cli.console import UsageError
from tests.cli.shell import SHIPPED, kefu, kefu_process
from tools.topology.command import moment_of

MAGIC = {
    "svg": b"<svg",
    "png": b"\x89PNG",
    "pdf": b"%PDF",
    "dot": b"digraph",
    "gv": b"digraph",
    "mmd": b"%%",
    "txt": b"[Internet]",
}


@pytest.mark.parametrize("ending", sorted(MAGIC))
def test_each_ending(ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    file, again = tmp_path / f"site.{ending}", tmp_path / f"again.{ending}"
    said = kefu("topology", "-c", SHIPPED, "-o", str(file))
    assert (said.code, said.out) == (0, f"drawn: {file}\n")
    assert MAGIC[ending] in file.read_bytes()[:700]
    kefu("topology", "-c", SHIPPED, "-o", str(again))
    assert file.read_bytes() == again.read_bytes()


def test_stdout_gets_the_table_or_what_is_asked_for() -> None:
    assert "[Connections]" in kefu_process("topology", "-c", SHIPPED).out
    assert "flowchart TB" in kefu_process("topology", "-c", SHIPPED, "-o", "-", "--format", "mermaid").out


def test_the_view_and_what_programs_read(tmp_path: Path) -> None:
    file = tmp_path / "site.txt"
    said = kefu("topology", "-c", SHIPPED, "--view", "manager", "-o", str(file), "--json")
    assert (said.json["view"], said.json["format"], said.json["missing"]) == ("manager", "text", "")
    assert "kefu, the desk" in file.read_text(encoding="utf-8")
    assert kefu("topology", "--view", "owner").code == 2


@pytest.mark.parametrize(
    ("lang", "words"),
    [("zh", ("扩展名", "用 -c 指定它", "数据目录")), ("en", (".svg", "-c", "No kefu runs"))],
)
def test_no_format_no_file_nothing_running(lang: str, words: tuple[str, str, str], tmp_path: Path) -> None:
    said = kefu("topology", "-c", SHIPPED, "-o", str(tmp_path / "site.jpeg"), lang=lang)
    assert (said.code, words[0] in said.err) == (2, True)
    said = kefu("topology", "-c", str(tmp_path / "no.yaml"), lang=lang)
    assert (said.code, words[1] in said.err) == (2, True)
    said = kefu("topology", "-c", SHIPPED, "--live", "--data", str(tmp_path), lang=lang)
    assert (said.code, words[2] in said.err) == (1, True)
    assert kefu("topology", "-c", SHIPPED, "-o", str(tmp_path / "no" / "site.svg"), lang=lang).code == 1


def test_a_file_with_errors_is_not_drawn(tmp_path: Path) -> None:
    broken = tmp_path / "k.yaml"
    broken.write_text("kefu: 2\n", encoding="utf-8")
    said = kefu("topology", "-c", str(broken), "-o", str(tmp_path / "site.svg"))
    assert (said.code, "K204" in said.err) == (1, True)
    broken.write_bytes(b"\xff\xfe\x00")
    assert kefu("topology", "-c", str(broken)).code == 1


def test_the_moment_is_given_or_now() -> None:
    assert moment_of({"SOURCE_DATE_EPOCH": "1790000000"}) == 1_790_000_000
    assert moment_of({}) > 1_700_000_000
    for wrong in ("yesterday", "-1", "", "²", "9" * 12):
        with pytest.raises(UsageError) as said:
            moment_of({"SOURCE_DATE_EPOCH": wrong})
        assert "Unix" in said.value.say("zh")
