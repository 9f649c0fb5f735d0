"""What the alerts ask for exists, and what they say has both languages."""

import re

import pytest

from appliance.config.spec import Queue
from appliance.telemetry.metrics import BY_NAME
from tools.dashboards.alerts import ALERTS, LATE_LOOP, LONGEST_WAIT, Alert
from tools.dashboards.rules import RECORDINGS

RECORDED = {rule.record for rule in RECORDINGS}


def test_no_name_is_used_twice() -> None:
    assert len({alert.name for alert in ALERTS}) == len(ALERTS)


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: str(alert.name))
def test_an_alert_asks_for_what_there_is_and_speaks_both_languages(alert: Alert) -> None:
    asked = re.findall(r"instance(?:_queue)?:kefu_\w+:\w+|\bkefu_\w+", alert.expr)
    for name in asked:
        assert name in RECORDED or name in BY_NAME
    assert asked or alert.expr.startswith("up{")
    for text in (alert.summary, alert.description):
        assert re.search(r"[一-鿿]", text.zh)
        assert not re.search(r"[一-鿿]", text.en)
    # Who reads two of them at night must see which appliance or which queue it is.
    assert re.search(r"\$labels\.(instance|queue)", alert.description.en)
    assert re.search(r"\$labels\.(instance|queue)", alert.description.zh)


def test_limits_are_those_that_kefu_goes_by() -> None:
    assert Queue("").ageing == LONGEST_WAIT * 1000
    assert LATE_LOOP == 0.1
