"""The page about metrics has every row of the catalogue, in both languages."""

import re

import pytest

from appliance.errors import Language
from appliance.telemetry.metrics import CATALOGUE
from tools.metrics_page import BEGIN, DOCS, END, PARTS, page, tables


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_metric_has_one_row_with_its_labels(language: Language) -> None:
    text = "".join(tables(language))
    named = re.findall(r"^\| `(kefu_\w+)(?:\{([^}]*)\})?` \|", text, re.MULTILINE)
    assert named == [(metric.name, ",".join(metric.labels)) for metric in CATALOGUE]
    assert sum(len(metrics) for _, metrics in PARTS) == len(CATALOGUE)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_only_what_stands_between_the_marks_is_written(language: Language) -> None:
    written = (DOCS / language / "metrics.md").read_text(encoding="utf-8")
    assert written.count(BEGIN) == written.count(END) == 1
    assert page(language).partition(BEGIN)[0] == written.partition(BEGIN)[0]
    assert page(language).partition(END)[2] == written.partition(END)[2]
    metrics = set(re.findall(r"kefu_\w+", written.partition(BEGIN)[0] + written.partition(END)[2]))
    known = {metric.name for metric in CATALOGUE}
    bases = {re.sub(r"_(bucket|count|sum)$", "", name) for name in metrics}
    assert bases <= known, "the words of the page name a metric that there is not"
