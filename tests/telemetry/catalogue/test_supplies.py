"""The rows about the pools and the store."""

from appliance.telemetry.catalogue.supplies import SUPPLIES


def test_everything_about_pools_says_which() -> None:
    pools = [metric for metric in SUPPLIES if metric.name.startswith("kefu_pool_")]
    assert len(pools) == 4
    assert all(metric.labels[0] == "pool" for metric in pools)
