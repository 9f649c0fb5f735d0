"""Queues that went away or were renamed, for those who still know them by the old name."""

from appliance.runtime.pinned import aliases_after, queues_of, still_needed
from tests.flow.desks import graph_of_text, spec_of

SPEC = spec_of(extra="queues: {新: {}, 另: {}}")


def test_renames_become_one_step_and_lead_somewhere() -> None:
    assert aliases_after({}, SPEC, {"旧": "新"}) == {"旧": "新"}
    assert aliases_after({"更旧": "旧"}, SPEC, {"旧": "新"}) == {"更旧": "新", "旧": "新"}
    assert aliases_after({"旧": "没有了"}, SPEC, {}) == {}
    assert aliases_after({"另": "新"}, SPEC, {}) == {}, "a queue of that name exists again"


def test_what_is_gone_is_counted_over_all_bundles() -> None:
    names = {"b1": ("旧", "新"), "b2": ("旧",), "b3": ("另",)}
    (found,) = still_needed(SPEC, names, {"b1": 2, "b2": 3, "b3": 1}, {})
    assert (found.code, "5" in found.message.en, "旧" in found.hint.zh) == ("K610", True, True)
    assert still_needed(SPEC, names, {"b1": 2}, {"旧": "新"}) == []


def test_names_are_read_off_a_stored_bundle() -> None:
    assert queues_of(graph_of_text(extra="queues: {甲: {when: vip}, 乙: {}}").source) == ("甲", "乙")
