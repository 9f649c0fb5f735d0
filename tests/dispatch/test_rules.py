"""The defaults of a queue are promises of the documentation; a change of one is a change of behaviour."""

from appliance.dispatch import rules
from appliance.dispatch.rules import QueueRule


def test_a_queue_of_which_only_the_name_is_given() -> None:
    rule = QueueRule("售前")
    assert (rule.strategy, rule.vip_first, rule.manual, rule.cap) == ("sticky", False, False, None)
    assert (rule.overflow_to, rule.ageing, rule.offer_ms) == ("", 300_000, 20_000)


def test_patience_is_ordered() -> None:
    assert rules.AVOID_ALONE < rules.AVOID_ANYWAY
    assert (rules.GRACE, rules.ONLY_PATIENCE, rules.AVOID_ALONE) == (45_000, 60_000, 30_000)
