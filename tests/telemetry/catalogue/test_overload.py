"""The rows about the overload ladder."""

from appliance.telemetry.catalogue.overload import OVERLOAD


def test_load_its_components_and_the_thresholds_share_one_scale() -> None:
    ratios = [metric.name for metric in OVERLOAD if metric.name.endswith("_ratio")]
    assert ratios == ["kefu_load_ratio", "kefu_load_component_ratio", "kefu_degradation_threshold_ratio"]
    assert all(
        panel.unit == "percentunit"
        for metric in OVERLOAD
        if metric.name.endswith("_ratio")
        for panel in metric.panels
    )
