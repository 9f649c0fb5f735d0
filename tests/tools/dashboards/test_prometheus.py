"""promtool judges the files of Prometheus, and finds every alert firing and keeping silent."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tools.dashboards.alerts import ALERTS, Alert
from tools.dashboards.files import files
from tools.dashboards.prometheus import TOKEN_FILE
from tools.dashboards.rules import RECORDINGS
from tools.dashboards.wording import WORDINGS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the files of Prometheus and a token, as somebody would install them."""
    for path, text in files("en").items():
        if path.startswith("prometheus/"):
            (tmp_path / Path(path).name).write_text(text, encoding="utf-8")
    (tmp_path / TOKEN_FILE).write_text("secret")
    return tmp_path


def promtool(folder: Path, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        ["promtool", *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )
    return done.returncode, done.stdout + done.stderr


def test_promtool_accepts_the_configuration(folder: Path) -> None:
    assert promtool(folder, "check", "config", "prometheus.yml")[0] == 0
    (folder / TOKEN_FILE).unlink()
    assert promtool(folder, "check", "config", "prometheus.yml")[0] == 1, "it does not read the token's file"


def test_promtool_accepts_the_rules_in_all_words(folder: Path) -> None:
    for language in WORDINGS:
        (folder / "rules.yml").write_text(files(language)["prometheus/rules.yml"])
        code, said = promtool(folder, "check", "rules", "rules.yml")
        assert code == 0, said
        assert f"{len(ALERTS) + len(RECORDINGS)} rules found" in said


def test_promtool_sees_every_alert_fire_and_keep_silent(folder: Path) -> None:
    code, said = promtool(folder, "test", "rules", "rules_test.yml")
    assert code == 0, said
    trials = yaml.safe_load((folder / "rules_test.yml").read_text())["tests"]
    for alert in ALERTS:
        own = [test for test in trials if test["name"].split()[0] == alert.name]
        assert [bool(test["promql_expr_test"][0]["exp_samples"]) for test in own] == [True, False]


def never(alert: Alert) -> str:
    """Return an expression that finds nothing."""
    return f"({alert.expr}) and vector(1) == 0"


def always(alert: Alert) -> str:
    """Return the expression without its comparisons: it finds something whatever the values are."""
    return re.sub(r" (==|>=|<=|>|<) (?=\S)", r" \1 bool ", alert.expr)


@pytest.mark.parametrize(("spoil", "trial"), [(never, "fires"), (always, "keeps silent")])
def test_the_trials_notice_alerts_that_never_or_always_fire(
    spoil: Callable[[Alert], str], trial: str, folder: Path
) -> None:
    spoilt = {alert.name: spoil(alert) for alert in ALERTS}
    rules = yaml.safe_load((folder / "rules.yml").read_text())
    for rule in rules["groups"][1]["rules"]:
        rule["expr"] = spoilt[rule["alert"]]
    (folder / "rules.yml").write_text(yaml.safe_dump(rules))
    trials = yaml.safe_load((folder / "rules_test.yml").read_text())
    trials["tests"] = [test for test in trials["tests"] if test["name"].endswith(trial)]
    assert len(trials["tests"]) == len(ALERTS)
    (folder / "rules_test.yml").write_text(yaml.safe_dump(trials))
    code, said = promtool(folder, "test", "rules", "rules_test.yml")
    failed = set(re.findall(r'expr: "count\(ALERTS\{alertname=\W*(\w+)', said))
    assert (code, failed) == (1, {alert.name for alert in ALERTS}), said


def test_alerts_link_to_their_pages(folder: Path) -> None:
    text = files("zh", "https://example.com/books/")["prometheus/rules.yml"]
    rules = yaml.safe_load(text)["groups"][1]["rules"]
    assert [rule["annotations"]["runbook_url"] for rule in rules] == [
        f"https://example.com/books/{alert.name}.md" for alert in ALERTS
    ]
    assert rules[0]["annotations"]["summary"] == ALERTS[0].summary.zh
    assert rules[0]["annotations"]["summary_en"] == ALERTS[0].summary.en


def test_promtool_is_that_of_debian() -> None:
    assert shutil.which("promtool")
