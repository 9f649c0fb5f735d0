"""From what each generator process measured to the figures of the run: histograms are added, percentiles never averaged."""

from collections.abc import Iterable, Sequence

from hdrh.histogram import HdrHistogram

from appliance.errors import Text
from tools.loadtest.meters import EDGES_MS, SERIES, Kept, histogram
from tools.loadtest.results import Error, Latency, Ramp, Resource, Second, SelfCheck, Slot, Soak, Storm
from tools.loadtest.wire import Final

MOST_SLOTS = 120
MOST_SECONDS = 3_600
SLIP_MS = 25.0
LAG_MS = 100.0
BUSY = 0.95


def added(encoded: Iterable[bytes]) -> HdrHistogram:
    """Return the sum of encoded histograms."""
    whole = histogram()
    for each in encoded:
        whole.add(HdrHistogram.decode(each))
    return whole


def latency(kept: Sequence[Kept]) -> Latency | None:
    """Return one latency of the whole run, None when there was nothing to measure."""
    whole = added(each.histogram for each in kept)
    count = whole.get_total_count()
    if not count:
        return None
    p50, p75, p90, p95, p99, p999 = (
        whole.get_value_at_percentile(part) / 1000 for part in (50, 75, 90, 95, 99, 99.9)
    )
    return Latency(
        count=count,
        mean_ms=sum(each.total_us for each in kept) / count / 1000,
        p50_ms=p50,
        p75_ms=p75,
        p90_ms=p90,
        p95_ms=p95,
        p99_ms=p99,
        p999_ms=p999,
        max_ms=whole.get_max_value() / 1000,
        histogram=whole.encode().decode(),
        heat=heat([each.heat for each in kept]),
    )


def heat(maps: Sequence[dict[int, list[int]]]) -> list[Slot]:
    """Return at most MOST_SLOTS columns: seconds of all processes added, neighbours too where there are many."""
    last = max((second for each in maps for second in each), default=0)
    width = last // MOST_SLOTS + 1
    columns: dict[int, list[int]] = {}
    for each in maps:
        for second, counts in each.items():
            column = columns.setdefault(second // width, [0] * len(EDGES_MS))
            for place, count in enumerate(counts):
                column[place] += count
    return [Slot(float(number * width), counts) for number, counts in sorted(columns.items())]


def throughput(finals: Sequence[Final]) -> list[Second]:
    """Return the messages of each second; of very long runs the mean second of each minute or so."""
    rows: dict[int, dict[str, int]] = {}
    for final in finals:
        for second, row in final.seconds.items():
            whole = rows.setdefault(second, dict.fromkeys(SERIES, 0))
            for name, count in row.items():
                whole[name] += count
    last = max(rows, default=0)
    width = last // MOST_SECONDS + 1
    names = ("offered", "sent", "acked", "delivered", "refused")
    found = []
    for first in range(0, last + 1, width):
        its = [rows.get(second, {}) for second in range(first, first + width)]
        means = {name: round(sum(row.get(name, 0) for row in its) / width) for name in names}
        found.append(Second(at_s=float(first), **means))
    return found


def ramp(finals: Sequence[Final]) -> list[Ramp]:
    """Return the connections of each second in which somebody came, failed or left."""
    opened: dict[int, int] = {}
    failed: dict[int, int] = {}
    live: dict[int, int] = {}
    for final in finals:
        for second, row in final.seconds.items():
            opened[second] = opened.get(second, 0) + row["opened"]
            failed[second] = failed.get(second, 0) + row["failed"]
    last = max([*opened, *(second for final in finals for second in final.live)], default=0)
    for final in finals:
        here = 0
        for second in range(last + 1):
            here = final.live.get(second, here)
            live[second] = live.get(second, 0) + here
    found: list[Ramp] = []
    for second in range(last + 1):
        each = Ramp(float(second), opened.get(second, 0), failed.get(second, 0), live.get(second, 0))
        if each.opened or each.failed or not found or found[-1].live != each.live or second == last:
            found.append(each)
    return found


def errors(finals: Sequence[Final], more: Sequence[str]) -> list[Error]:
    """Return every kind of error, the most frequent first; `more` are sentences of the parent."""
    found: dict[str, Error] = {}
    for final in finals:
        for fault in final.faults:
            known = found.get(fault.kind)
            first = min((each for each in (known, fault) if each), key=lambda each: each.first_at_s)
            count = fault.count + (known.count if known else 0)
            found[fault.kind] = Error(fault.kind, count, first.first_at_s, first.example)
    unserved = sum(final.unserved for final in finals)
    if unserved:
        found["unserved"] = Error("unserved", unserved, 0.0, "visitors whom no agent served")
    found.update({sentence: Error("load", 1, 0.0, sentence) for sentence in more})
    return sorted(found.values(), key=lambda error: -error.count)


def storm(finals: Sequence[Final]) -> Storm | None:
    """Return how the clients came back after the cut, None when nobody was cut off."""
    clients = sum(final.cut for final in finals)
    backs = sorted(back for final in finals for back in final.backs)
    if not clients or not backs:
        return None
    return Storm(
        clients=clients,
        back_p50_s=backs[len(backs) // 2],
        back_p99_s=backs[min(len(backs) - 1, len(backs) * 99 // 100)],
        all_back_s=backs[-1] if len(backs) >= clients else None,
    )


def soak(samples: Sequence[Resource], minutes: float) -> Soak | None:
    """Return the least-squares line through the memory of one process, without the first tenth; None for too few samples."""
    late = [each for each in samples if each.at_s >= minutes * 6.0]
    if len(late) < 3:
        return None
    mean_at = sum(each.at_s for each in late) / len(late)
    mean = sum(each.rss_bytes for each in late) / len(late)
    spread = sum((each.at_s - mean_at) ** 2 for each in late)
    slope = sum((each.at_s - mean_at) * (each.rss_bytes - mean) for each in late) / spread if spread else 0.0
    return Soak(minutes, slope * 3600, late[0].rss_bytes, late[-1].rss_bytes)


def self_check(finals: Sequence[Final], samples: Sequence[Resource], open_loop: bool) -> SelfCheck:
    """Return whether the generator was the limit; `samples` are those of its processes."""
    slip = added(final.slip for final in finals)
    lag = added(final.lag for final in finals)
    shares = sorted(each.cpu for each in samples)
    cpu = shares[min(len(shares) - 1, len(shares) * 95 // 100)] if shares else 0.0
    slips = [slip.get_value_at_percentile(part) / 1000 for part in (50, 99, 100)]
    lag_ms = lag.get_value_at_percentile(99) / 1000
    why = Text("", "")
    if open_loop and slips[1] > SLIP_MS:
        why = Text(
            f"每百条消息里有一条比计划晚发 {slips[1]:.0f} 毫秒以上（上限 {SLIP_MS:g} 毫秒）",
            f"one message in a hundred was sent {slips[1]:.0f} ms or more after it was due (limit {SLIP_MS:g} ms)",
        )
    elif lag_ms > LAG_MS:
        why = Text(
            f"压测程序的事件循环迟了 {lag_ms:.0f} 毫秒（上限 {LAG_MS:g} 毫秒）",
            f"the event loop of the generator was {lag_ms:.0f} ms late (limit {LAG_MS:g} ms)",
        )
    elif cpu > BUSY:
        why = Text(
            f"一个压测进程用掉了它那个核的 {cpu:.0%}：多开几个进程，kefu 还能做得更多",
            f"a generator process used {cpu:.0%} of its core: the appliance could do more with more generators",
        )
    return SelfCheck(len(finals), cpu, lag_ms, slips[0], slips[1], slips[2], bool(why.en), why.en, why.zh)
