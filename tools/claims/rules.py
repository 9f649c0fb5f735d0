"""What each measurement proves or does not: pure verdicts on the figures of tools/claims/findings.py.

A rule is given what was measured; a part that was not measured never comes here (tools/claims/rows.py says why it was not).  What a
load test can tell is judged in tools/loadtest/report/claims.py, for both reports alike.
"""

from collections.abc import Sequence

from msgspec import Struct

from appliance.errors import Text
from tools.claims.findings import (
    Beats,
    Begin,
    Change,
    Codec,
    Cost,
    Desk,
    Fanout,
    Killed,
    Ladder,
    Left,
    Peers,
    Pool,
    Pooling,
    Runtime,
)
from tools.loadtest.report.claims import Standing
from tools.loadtest.report.figures import change, count, millis, number, seconds, share, size

AGENT_HOLDS = 200
RUNTIME_RATIO = 1.20
MEMORY_RATIO = 1.60
BEHIND = 0.25
"""A heartbeat that waits behind messages is as late as they are; one on a path of its own, by far less: a quarter at most."""

FEW_LINES = 10
GAIN = 0.95
"""What does not save a twentieth of the time saves nothing that anybody could tell from noise."""

SPARE_FILES = 16
"""Files that stay open for a reason: readers of the store, which are opened when they are first needed."""

SPARE_THREADS = 8
"""Threads of the store and of passwords, which are begun when they are first needed."""

TIERS = (1, 2, 3)


class Verdict(Struct, frozen=True):
    """What was measured here, how the claim stands, and why."""

    here: Text
    standing: Standing
    note: Text


def _held(holds: bool) -> Standing:
    return "measured" if holds else "not reproduced"


def phone_home(found: Peers) -> Verdict:
    """Judge whom the appliance talked to."""
    looks, took = count(found.looks), seconds(found.seconds)
    if found.looks <= 0:
        return Verdict(Text("—", "—"), "not tested", Text("没有看成", "nobody could look"))
    if found.outside:
        names = ", ".join(found.outside[:5])
        note = Text("联系了本机以外的地址", "it talked to addresses off this machine")
        return Verdict(Text(names, names), "not reproduced", note)
    note = Text(
        f"{took.zh}里看了 {looks.zh} 次它的全部套接字",
        f"all of its sockets, looked at {looks.en} times in {took.en}",
    )
    return Verdict(Text("0 个本机以外的地址", "0 addresses off this machine"), "measured", note)


def durable(found: Killed) -> Verdict:
    """Judge what a SIGKILL cost."""
    acked, lost = count(found.acked), count(found.lost)
    here = Text(f"已确认 {acked.zh} 条，丢 {lost.zh}", f"{acked.en} acknowledged, {lost.en} lost")
    if found.acked <= 0:
        return Verdict(here, "not tested", Text("没有消息被确认", "no message was acknowledged"))
    note = Text(
        "说话中途 kill -9，再核对数据库", "kill -9 in the middle of it, then the database was compared"
    )
    if found.findings:
        note = Text(found.findings[0], found.findings[0])
    return Verdict(here, _held(found.lost == 0 and not found.findings), note)


def heartbeat(found: Beats) -> Verdict:
    """Judge how late heartbeats were on full connections."""
    late, waited = millis(found.late_ms), millis(found.message_ms)
    if found.beats <= 0:
        note = Text("没有等到一次心跳", "no heartbeat came in the time")
        return Verdict(Text("—", "—"), "not tested", note)
    here = Text(
        f"最多晚 {late.zh}，同时消息要等 {waited.zh}",
        f"at most {late.en} late, where messages waited {waited.en}",
    )
    idle, full = millis(found.idle_late_ms), size(found.waiting_bytes)
    note = Text(
        f"{found.beats} 次心跳；队列里最多积了 {full.zh}；空闲连接最多晚 {idle.zh}",
        f"{found.beats} heartbeats; up to {full.en} waited before them; idle connections: {idle.en} at most",
    )
    if found.cut:
        note = Text(
            f"{found.cut} 个连接因没有心跳被断开", f"{found.cut} connections were cut for want of one"
        )
    extra = found.late_ms - found.idle_late_ms
    return Verdict(here, _held(not found.cut and extra <= BEHIND * found.message_ms), note)


def vip_first(found: Change) -> Verdict:
    """Judge a change of the rules, from the edit to the order in which people were served."""
    check, live = millis(found.check_ms), millis(found.live_ms)
    here = Text(
        f"改 {found.lines} 行；检查 {check.zh}，生效 {live.zh}",
        f"{found.lines} lines; checked in {check.en}, live in {live.en}",
    )
    if found.after != "vip" or found.before == "vip":
        note = Text(
            f"先接待的：改前 {found.before}，改后 {found.after}",
            f"who was served first: {found.before} before, {found.after} after",
        )
        return Verdict(here, "not reproduced", note)
    if found.cut or not found.fails_without or found.lines > FEW_LINES:
        note = Text(
            f"断开 {found.cut} 个连接；不改时测试{'不通过' if found.fails_without else '也通过'}",
            f"{found.cut} connections were cut; without the change its test {'fails' if found.fails_without else 'passes too'}",
        )
        return Verdict(here, "not reproduced", note)
    note = Text(
        "运行中生效，没断一个连接：改前先来的先接待，改后 VIP 先接待；敲字的时间没有算",
        "live without cutting a connection: first come first served before, the VIP first after; typing not counted",
    )
    return Verdict(here, "measured", note)


def pools(found: Sequence[Pool]) -> Verdict:
    """Judge whether what is pooled was found in its pool."""
    used = [each for each in found if each.hits + each.misses > 0]
    if not used:
        return Verdict(Text("—", "—"), "not tested", Text("没有用到池", "no pool was used"))
    ratios = [(each.name, share(each.hits / (each.hits + each.misses))) for each in used]
    here = Text(
        "，".join(f"{name} 命中 {ratio.zh}" for name, ratio in ratios),
        ", ".join(f"{name}: {ratio.en} hits" for name, ratio in ratios),
    )
    note = Text("压测之后读 kefu 自己的计数", "kefu's own counters after the load")
    return Verdict(here, _held(all(each.hits > 0 for each in used)), note)


def _saving(kept: Cost, made: Cost, note: Text) -> Verdict:
    ratio = kept.ns / made.ns if made.ns > 0 else 1.0
    before, after = number(made.ns), number(kept.ns)
    here = Text(
        f"{before.zh} → {after.zh} 纳秒（{change(ratio - 1).zh}）",
        f"{before.en} → {after.en} ns ({change(ratio - 1).en})",
    )
    return Verdict(here, _held(ratio <= GAIN), note)


def codecs(found: Pooling) -> Verdict:
    """Judge a decoder that is kept beside one made for each frame."""
    note = Text("每帧新建一个解码器，对比留用", "a decoder made for each frame, beside the one that is kept")
    return _saving(found.kept_decoder, found.made_decoder, note)


def contexts(found: Pooling) -> Verdict:
    """Judge a context that is cleared and used again beside a new one."""
    note = Text(
        "在 Python 里清空旧的不比新建便宜，所以 kefu 不把它进池",
        "in Python clearing one costs no less than a new one, so kefu does not pool them",
    )
    verdict = _saving(found.kept_context, found.made_context, note)
    if verdict.standing == "measured":
        gained = Text(
            "这台机器上清空更便宜；kefu 还是新建，不留共享的状态",
            "clearing one is cheaper here; kefu makes them anew all the same, which leaves no shared state",
        )
        return Verdict(verdict.here, verdict.standing, gained)
    return verdict


def ladder(found: Ladder) -> Verdict:
    """Judge forced tiers under load: each was reached, and nothing was lost at any."""
    went = " → ".join(map(str, found.seen))
    acked, lost = count(found.acked), count(found.lost)
    here = Text(f"{went}；{acked.zh} 条，丢 {lost.zh}", f"{went}; {acked.en} messages, {lost.en} lost")
    off = ", ".join(found.off) or "—"
    note = Text(
        f"带着负载逐级强制再放开；最高级关掉了 {off}",
        f"forced tier by tier under load, and let go; off at the top: {off}",
    )
    fine = found.acked > 0 and not (found.lost or found.duplicated or found.out_of_order or found.unanswered)
    reached = set(TIERS) <= set(found.seen) and found.seen[-1:] == [0]
    if not reached:
        wanted = " → ".join(map(str, found.wanted))
        note = Text(f"要求 {wanted}", f"wanted: {wanted}")
    return Verdict(here, _held(fine and reached), note)


def runtime(found: Runtime) -> Verdict:
    """Judge a mailbox beside a pool of threads."""
    ratio = found.pool_ns / found.mailbox_ns if found.mailbox_ns > 0 else 0.0
    times = share(ratio)
    box, pool, task = number(found.mailbox_ns), number(found.pool_ns), number(found.task_ns)
    note = Text(
        f"每个事件：邮箱 {box.zh}、每会话一个任务 {task.zh}、{found.threads} 个线程 {pool.zh} 纳秒；这里的线程池是 Python 的，不是 C++ 的",
        f"an event: mailbox {box.en}, task each {task.en}, {found.threads} threads {pool.en} ns; the threads here are Python's, not C++",
    )
    return Verdict(times, _held(ratio >= RUNTIME_RATIO), note)


def earlier(found: Runtime) -> Verdict:
    """Judge a task a conversation beside a mailbox, in memory."""
    ratio = found.task_bytes / found.mailbox_bytes if found.mailbox_bytes > 0 else 0.0
    box, task = size(found.mailbox_bytes), size(found.task_bytes)
    note = Text(
        f"空闲会话：邮箱 {box.zh}，每会话一个任务 {task.zh}；比的是两种写法，不是两种语言",
        f"an idle conversation: mailbox {box.en}, task each {task.en}; two designs are compared, not two languages",
    )
    return Verdict(change(ratio - 1), _held(ratio >= MEMORY_RATIO), note)


def dispatch(found: Sequence[Fanout]) -> Verdict:
    """Judge what a delivery costs beside encoding it for each reader."""
    if not found:
        return Verdict(Text("—", "—"), "not tested", Text("没有测成", "nothing was measured"))
    parts = [(each.readers, number(each.each_ns), number(each.ours_ns)) for each in found]
    here = Text(
        "；".join(f"{n} 个读者 {each.zh} → {ours.zh} 纳秒" for n, each, ours in parts),
        "; ".join(f"{n} readers {each.en} → {ours.en} ns" for n, each, ours in parts),
    )
    note = Text(
        "一次投递的代价：为每个读者编码 → 只编码一次；命中率本身没有定义，量不了",
        "what a delivery costs: encoded for each reader → encoded once; a hit rate that nobody defined cannot be measured",
    )
    most = max(found, key=lambda each: each.readers)
    if any(each.ours_ns >= each.each_ns for each in found):
        note = Text(
            f"{note.zh}；读者少时，有上限的队列比直接写更贵",
            f"{note.en}; to few readers a bounded queue costs more",
        )
    return Verdict(here, _held(most.ours_ns < most.each_ns), note)


def agents(found: Desk) -> Verdict:
    """Judge how many conversations one agent held at once."""
    held, acked, lost = count(found.held), count(found.acked), count(found.lost)
    note = Text(f"收发 {acked.zh} 条，丢 {lost.zh}", f"{acked.en} messages in them, {lost.en} lost")
    if found.planned <= AGENT_HOLDS:
        return Verdict(held, "not tested", Text("计划的会话不到 200 个", "no more than 200 were planned"))
    return Verdict(held, _held(found.held > AGENT_HOLDS and found.lost == 0), note)


def stacks(found: Desk) -> Verdict:
    """Judge whether a busy agent made threads or stacks grow."""
    here = Text(
        f"线程 {found.threads_before} → {found.threads_after}",
        f"threads {found.threads_before} → {found.threads_after}",
    )
    held = count(found.held)
    note = Text(
        f"一位客服 {held.zh} 个会话；会话没有自己的栈，所以不会长",
        f"one agent with {held.en} conversations; a conversation has no stack that could grow",
    )
    if found.planned <= AGENT_HOLDS:
        return Verdict(here, "not tested", Text("计划的会话不到 200 个", "no more than 200 were planned"))
    grown = found.threads_after - found.threads_before
    return Verdict(here, _held(grown <= SPARE_THREADS), note)


def start(found: Begin) -> Verdict:
    """Judge a start on an empty directory."""
    took = seconds(found.seconds)
    here = Text(f"{found.commands} 条命令，{took.zh}就绪", f"{found.commands} command, ready in {took.en}")
    note = Text("空目录加一个 kefu.yaml", "an empty directory and one kefu.yaml")
    return Verdict(here, _held(found.commands == 1), note)


def one_file(found: Begin) -> Verdict:
    """Judge whether the program is one file."""
    if found.one_file:
        return Verdict(
            Text("一个文件", "one file"), "measured", Text("正从这个文件运行", "this runs from it")
        )
    note = Text(
        "现在从 Python 包运行，不是一个文件", "this kefu runs from Python packages, not from one file"
    )
    return Verdict(Text("不是一个文件", "not one file"), "not reproduced", note)


def produced(found: int, note: Text) -> Verdict:
    """Judge something that is handed over, by what was just produced (bytes)."""
    return Verdict(size(found), _held(found > 0), note)


def leaks(found: Left) -> Verdict:
    """Judge what is left when everybody has gone."""
    here = Text(
        f"文件 {found.files_before} → {found.files_after}，连接剩 {found.sockets}",
        f"files {found.files_before} → {found.files_after}, {found.sockets} connections left",
    )
    people = count(found.people)
    note = Text(f"{people.zh} 人来过又都走了之后", f"after {people.en} people had come and all had gone")
    if found.people <= 0:
        return Verdict(here, "not tested", Text("没有人来过", "nobody had come"))
    clean = found.sockets == 0 and found.files_after - found.files_before <= SPARE_FILES
    return Verdict(here, _held(clean), note)


def codec_shared(found: Codec) -> Verdict:
    """Judge a codec that many threads use at once."""
    calls = count(found.calls)
    here = Text(f"{calls.zh} 次里错 {found.wrong} 次", f"{found.wrong} wrong of {calls.en}")
    note = Text(
        f"{found.threads} 个线程同用一个编解码器；它没有可写的共享状态",
        f"{found.threads} threads with one codec, which has no state to be written",
    )
    if found.calls <= 0:
        return Verdict(here, "not tested", Text("没有测成", "nothing was measured"))
    return Verdict(here, _held(found.wrong == 0), note)
