"""The report's colours are the product's."""

import re
from importlib.resources import files
from pathlib import Path

TOKEN = re.compile(r"(--[\w-]+): ([^;]+);")
PRODUCT = Path(__file__).parents[4] / "appliance" / "ui" / "src" / "tokens.css"


def test_tokens_are_those_of_the_product() -> None:
    ours = (files("tools.loadtest.report") / "templates" / "look.css").read_text(encoding="utf-8")
    theirs = set(TOKEN.findall(PRODUCT.read_text(encoding="utf-8")))
    found = set(TOKEN.findall(ours))
    assert len(found) > 20
    assert found - theirs == set()
