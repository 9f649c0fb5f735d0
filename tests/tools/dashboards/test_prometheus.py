"""promtool judges the files of Prometheus, and finds every alert firing and keeping silent."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tools.dashboards.alerts import ALERTS, Alert
from tools.dashboards.files import files
from tools.dashboards.prometheus import TOKEN_FILE
from tools.dashboards.rules import RECORDINGS


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


def test_promtool_accepts_the_rules_in_both_languages(folder: Path) -> None:
    for language in ("zh", "en"):
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


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: str(alert.name))
def test_a_trial_notices_when_its_alert_is_gone(alert: Alert, folder: Path) -> None:
    name = alert.name
    rules = yaml.safe_load((folder / "rules.yml").read_text())
    for group in rules["groups"]:
        group["rules"] = [rule for rule in group["rules"] if rule.get("alert") != name]
    (folder / "rules.yml").write_text(yaml.safe_dump(rules))
    trials = yaml.safe_load((folder / "rules_test.yml").read_text())
    trials["tests"] = [test for test in trials["tests"] if test["name"] == f"{name} fires"]
    (folder / "rules_test.yml").write_text(yaml.safe_dump(trials))
    assert promtool(folder, "test", "rules", "rules_test.yml")[0] == 1


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
