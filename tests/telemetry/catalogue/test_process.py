"""The rows about the process."""

from appliance.telemetry.catalogue.process import PROCESS


def test_version_and_configuration_are_told_in_labels_of_a_constant() -> None:
    info = next(metric for metric in PROCESS if metric.name == "kefu_build_info")
    assert info.labels == ("version", "config_sha")
    assert info.kind == "gauge"
