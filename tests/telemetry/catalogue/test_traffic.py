"""The rows about connections and messages."""

from appliance.telemetry.catalogue.traffic import TRAFFIC


def test_both_directions_are_counted_apart_and_no_message_is_counted_by_its_people() -> None:
    rows = {metric.name: metric for metric in TRAFFIC}
    assert rows["kefu_messages_total"].labels == ("direction", "kind")
    assert all(name.startswith(("kefu_ws_", "kefu_message", "kefu_heartbeat")) for name in rows)


def test_acknowledgements_have_an_edge_at_their_target() -> None:
    rows = {metric.name: metric for metric in TRAFFIC}
    assert 0.25 in rows["kefu_message_ack_seconds"].buckets
