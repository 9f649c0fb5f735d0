"""The folder that `kefu dashboards` writes."""

import json

import yaml

from tools.dashboards.files import files


def test_the_folder_has_what_the_guide_names() -> None:
    assert list(files("en")) == [
        *(f"json/{board}.json" for board in ("service", "realtime", "degradation", "runtime", "slo")),
        "provisioning/dashboards/kefu.yaml",
        "provisioning/datasources/kefu.yaml",
        "prometheus/prometheus.yml",
        "prometheus/rules.yml",
        "prometheus/rules_test.yml",
    ]


def test_every_file_can_be_read_and_says_how_it_is_made() -> None:
    for language in ("zh", "en"):
        for path, text in files(language).items():
            assert (json.loads if path.endswith("json") else yaml.safe_load)(text)
            assert "make generate" in text.split("\n", 3)[0] + text.split("\n", 3)[1]


def test_provisioning_is_of_the_version_that_grafana_reads() -> None:
    found = {path: yaml.safe_load(text) for path, text in files("en").items() if "provisioning" in path}
    dashboards, sources = found.values()
    assert dashboards["apiVersion"] == sources["apiVersion"] == 1
    assert dashboards["providers"][0]["options"]["path"]
    scraping = yaml.safe_load(files("en")["prometheus/prometheus.yml"])
    assert sources["datasources"][0]["jsonData"]["timeInterval"] == scraping["global"]["scrape_interval"]
