"""An entry of the history is complete without what the store fills in."""

from appliance.history import MOST_CONFIGS, Config


def test_a_new_entry_waits_for_its_number_and_its_hash() -> None:
    entry = Config(1, "li", "kefu.yaml", "kefu: 1", "abc")
    assert (entry.id, entry.sha256, entry.outcome, entry.confirm_by) == (0, "", "live", None)
    assert MOST_CONFIGS >= 10
