"""Settings in words."""

from appliance.config.spec import THRESHOLDS, Overflow, Queue
from tools.topology.wording import queue_line, rung, share, short_rung, size


def test_sizes_and_shares() -> None:
    assert [size(number) for number in (8192, 1 << 20, 1 << 30, 1500)] == [
        "8 KiB",
        "1 MiB",
        "1 GiB",
        "1,500 B",
    ]
    assert (share(0.7), share(0.125)) == ("70%", "12.5%")


def test_rungs_and_queues() -> None:
    assert rung(THRESHOLDS[1], "en") == ("load > 85% (back < 75%)", "delay push 2s")
    assert rung(THRESHOLDS[0], "zh") == ("load > 70%（< 60% 恢复）", "暂停已读回执")
    assert short_rung(THRESHOLDS[2], "zh") == "load > 95%：精简协议"
    queue = Queue("a", first="vip", overflow=Overflow("b", 30_000), accept="manual")
    assert queue_line(queue, "en") == (
        "own agent first · VIPs first, nobody overtaken after 5m · accepted by hand, 20s · ≤ 500 an agent · 30s → b"
    )
