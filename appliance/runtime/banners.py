"""What supervisors and the owner read of the configuration at the top of their console."""

from collections.abc import Mapping

from appliance.config.diagnostics import Diagnostics
from appliance.delivery.cards import Banner
from appliance.history import Config
from appliance.model import Millis


def refused(found: Diagnostics, now: Millis) -> Banner:
    """Return what is said when a configuration did not go live."""
    first = next((each for each in found if each.severity == "error"), None)
    count = sum(1 for each in found if each.severity == "error")
    place = f"{first.at.line}: " if first is not None and first.at.line else ""
    zh, en = (first.message.zh, first.message.en) if first is not None else ("", "")
    return Banner(
        "reload_failed",
        f"新配置有 {count} 处错误，没有生效，旧的继续运行。{place}{zh}",
        f"The new configuration has {count} errors and is not live; the former one goes on. {place}{en}",
        now,
    )


def unconfirmed(pending: Config) -> Banner:
    """Return what is said while a configuration waits to be confirmed."""
    return Banner(
        "unconfirmed",
        f"第 {pending.id} 版配置等待确认（kefu confirm），不确认就自动退回。",
        f"Configuration {pending.id} waits for kefu confirm, or it goes back by itself.",
        pending.at,
        pending.confirm_by,
    )


def last_good(notice: Mapping[str, str], now: Millis) -> Banner:
    """Return what is said while something else than the file runs."""
    return Banner("last_good", notice["zh"], notice["en"], now)
