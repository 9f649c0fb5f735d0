"""Queues of older flows: by whatever name they have now, or a reason why they may not go."""

from msgspec.structs import replace

from appliance.config.spec import Queue
from appliance.runtime.pinned import aliases_after, queues_of, still_needed
from tests.http.house import SPEC
from tests.runtime.house import shipped_graph

HERE = replace(SPEC, queues=(Queue("咨询"), Queue("售后")))


def test_renames_are_followed_in_one_step() -> None:
    once = aliases_after({}, HERE, {"售前": "咨询"})
    assert once == {"售前": "咨询"}
    later = replace(HERE, queues=(Queue("前台"), Queue("售后")))
    assert aliases_after(once, later, {"咨询": "前台"}) == {"售前": "前台", "咨询": "前台"}


def test_a_name_that_is_a_queue_again_or_leads_to_none_is_no_alias() -> None:
    assert aliases_after({"咨询": "售后"}, HERE, {}) == {}
    assert aliases_after({"老组": "没有了"}, HERE, {"又一个": "也没有"}) == {}


def test_a_stored_bundle_tells_its_queues_without_being_compiled() -> None:
    assert queues_of(shipped_graph().source) == ("VIP专席", "售后", "售前")


def test_what_is_gone_is_counted_over_all_bundles_that_name_it() -> None:
    names = {"b1": ("售前", "售后"), "b2": ("售前", "旧组"), "b3": ("咨询",)}
    found = still_needed(HERE, names, {"b1": 2, "b2": 3, "b3": 9}, {})
    assert [(each.code, each.severity) for each in found] == [("K610", "error")] * 2
    assert "5" in found[0].message.zh
    assert "3" in found[1].message.en
    assert all(each.hint.zh and each.hint.en for each in found)
    assert still_needed(HERE, names, {"b1": 2, "b2": 3}, {"售前": "咨询", "旧组": "售后"}) == []
