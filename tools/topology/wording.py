"""Settings as a platform team reads them: numbers with commas, sizes in their largest unit, rungs and queues in a line."""

from appliance.config.scalars import BYTES, spoken
from appliance.config.spec import Queue, Threshold
from appliance.config.vocabulary import THRESHOLD_ACTIONS
from appliance.errors import Language, Text

SEPARATOR = " · "
"""Between the parts of a value, where it may be broken into lines."""

_STRATEGIES = {
    "sticky": Text("原客服优先", "own agent first"),
    "least_busy": Text("最闲优先", "least busy"),
    "round_robin": Text("轮流", "round robin"),
}


def size(number: int) -> str:
    """Return bytes as an operator writes them: 8192 is 8 KiB."""
    for unit in ("GiB", "MiB", "KiB"):
        if number >= BYTES[unit] and number % BYTES[unit] == 0:
            return f"{number // BYTES[unit]:,} {unit}"
    return f"{number:,} B"


def share(ratio: float) -> str:
    """Return 0.7 as 70%."""
    return f"{ratio * 100:g}%"


def rung(threshold: Threshold, language: Language) -> tuple[str, str]:
    """Return when a rung of the overload ladder is entered and left, and what is done then."""
    when = Text(
        f"load > {share(threshold.enter)}（< {share(threshold.leave)} 恢复）",
        f"load > {share(threshold.enter)} (back < {share(threshold.leave)})",
    )
    return when.say(language), _given_up(threshold, language)


def short_rung(threshold: Threshold, language: Language) -> str:
    """Return when a rung is entered and what is done then, in one line."""
    between = Text("：", ": ").say(language)
    return f"load > {share(threshold.enter)}{between}{_given_up(threshold, language)}"


def _given_up(threshold: Threshold, language: Language) -> str:
    word = next(word for word in THRESHOLD_ACTIONS if word.name == threshold.action)
    action = Text(word.zh, word.name.replace("_", " ")).say(language)
    return f"{action} {spoken(threshold.delay)}" if threshold.delay else action


def queue_line(queue: Queue, language: Language) -> str:
    """Return how a queue gives visitors to agents."""
    parts = [_STRATEGIES[queue.strategy]]
    if queue.first:
        ageing = spoken(queue.ageing)
        parts.append(
            Text(f"VIP 在前，等满 {ageing} 的不被插队", f"VIPs first, nobody overtaken after {ageing}")
        )
    if queue.accept == "manual":
        parts.append(Text(f"手动接入 {spoken(queue.offer)}", f"accepted by hand, {spoken(queue.offer)}"))
    parts.append(Text(f"每人 ≤ {queue.cap}", f"≤ {queue.cap} an agent"))
    if queue.overflow:
        after = spoken(queue.overflow.after)
        parts.append(Text(f"{after} → {queue.overflow.to}", f"{after} → {queue.overflow.to}"))
    if queue.hours is not None:
        parts.append(Text("自有营业时间", "hours of its own"))
    return SEPARATOR.join(part.say(language) for part in parts)
