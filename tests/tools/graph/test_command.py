"""`kefu graph`: the ending of the file says the format; what cannot be drawn is said plainly."""

from pathlib import Path

import pytest

from tests.cli.shell import SHIPPED, kefu, kefu_process

MAGIC = {
    "svg": b"<svg",
    "png": b"\x89PNG",
    "pdf": b"%PDF",
    "dot": b"digraph",
    "mmd": b"%%",
    "md": b"```mermaid",
}


@pytest.mark.parametrize("ending", sorted(MAGIC))
def test_each_ending(ending: str, tmp_path: Path) -> None:
    file = tmp_path / f"flow.{ending}"
    said = kefu("graph", "-c", SHIPPED, "-o", str(file))
    assert (said.code, said.out) == (0, f"drawn: {file}\n")
    assert MAGIC[ending] in file.read_bytes()[:400]


def test_stdout_gets_mermaid_or_what_is_asked_for() -> None:
    said = kefu_process("graph", "-c", SHIPPED)
    assert (said.code, "stateDiagram-v2" in said.out) == (0, True)
    assert "digraph" in kefu_process("graph", "-c", SHIPPED, "--format", "dot").out


def test_no_format_no_folder_no_sound_file(tmp_path: Path) -> None:
    said = kefu("graph", "-c", SHIPPED, "-o", str(tmp_path / "flow.jpeg"))
    assert (said.code, ".svg" in said.err) == (2, True)
    assert kefu("graph", "-c", SHIPPED, "-o", str(tmp_path / "no" / "flow.svg")).code == 1
    broken = tmp_path / "k.yaml"
    broken.write_text("kefu: 2\n", encoding="utf-8")
    said = kefu("graph", "-c", str(broken), "-o", str(tmp_path / "flow.svg"))
    assert (said.code, "K204" in said.err) == (1, True)
