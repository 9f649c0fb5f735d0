"""Chinese sentences have Chinese punctuation: a comma from the wrong keyboard looks careless to everybody who reads it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.recipes import ROOT

CARELESS = re.compile(r"[\u4e00-\u9fff”」）][,;?!][\u4e00-\u9fff“「]")
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def _texts() -> Iterator[Path]:
    yield ROOT / "kefu.yaml"
    yield ROOT / "README.zh-CN.md"
    yield from (ROOT / "packaging").rglob("*.zh-CN.kefu.yaml")
    yield from (ROOT / "packaging" / "docs" / "zh").glob("*.md")
    for room in ("appliance", "tools"):
        yield from (path for path in (ROOT / room).rglob("*.py") if "node_modules" not in path.parts)
    yield from (ROOT / "appliance" / "ui" / "src").rglob("*.[th][st]*")


TEXTS = sorted(_texts())


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_chinese_has_chinese_punctuation(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    text = CODE.sub("``", text) if path.suffix == ".md" else text
    assert CARELESS.findall(text) == []


def test_the_rule_sees_a_careless_comma() -> None:
    assert CARELESS.search("有货的,今天发")
    assert not CARELESS.search("contains(文字, '词')")
