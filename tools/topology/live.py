"""Lays what the running appliance says over a picture: how each part is, in a colour and in words, and where they differ."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from msgspec.structs import replace

from appliance.cli.admin import shown_url
from appliance.cli.overload import CAUSES
from appliance.config.changes import Change
from appliance.config.spec import Spec
from appliance.errors import Language, Text
from appliance.overload import TIERS
from tools.topology.listeners import admin_listener
from tools.topology.overview import SHOWN_IN
from tools.topology.picture import Fact, Node, Picture, Tone
from tools.topology.running import Running
from tools.topology.wording import share

CROWDED = 0.8
"""From this share of a bound on a part wants attention."""

BATCH = 4_096
"""Units that one commit takes (stores/sqlite_writer.py): what waits beyond them waits for more than one disk sync."""

MOST_DRIFT = 6
"""So many differences are shown in a box, the others are counted."""

_OWNERS = (
    ("listen.admin", "admin_tcp"),
    ("listen.", "public"),
    ("limits.message", "visitors"),
    ("limits.sessions_per_visitor", "visitors"),
    ("limits.mailbox", "conversations"),
    ("limits.transfers", "conversations"),
    ("limits.presence_grace", "conversations"),
    ("limits.", "public"),
    ("pools.db", "store"),
    ("pools.", "conversations"),
    ("storage.", "store"),
    ("queues", "desk"),
    ("thresholds.", "ladder"),
    ("alerts.", "alerts"),
    ("site.", "visitors"),
)
"""Whose setting a path of kefu.yaml is; all others say how a conversation goes, which is no part of a topology."""

_WORST: tuple[Tone, ...] = ("", "fine", "busy", "full")


class State(NamedTuple):
    """How a part is."""

    tone: Tone
    said: str


def shown_live(picture: Picture, spec: Spec, running: Running) -> Picture:
    """Return the picture with the state of the appliance and every difference from `spec`."""
    language = picture.language
    states = _states(running, spec, language)
    drift = _drift(picture, spec, running)
    homes = SHOWN_IN if picture.view == "manager" else {}
    tier = running.status.get("overload", {}).get("tier", 0)
    nodes = []
    for node in picture.nodes:
        mine = [name for name in (*states, *drift) if homes.get(name, name) == node.id]
        found = [states[name] for name in dict.fromkeys(mine) if name in states]
        differs = [line for name in dict.fromkeys(mine) for line in drift.get(name, ())]
        tone = max((state.tone for state in found), key=_WORST.index, default="")
        nodes.append(
            replace(
                node,
                tone=tone,
                said=tuple(state.said for state in found),
                drift=_few(differs, language),
                facts=_in_force(node, spec, tier, language),
            )
        )
    return replace(picture, nodes=tuple(nodes), live=tuple(_whole(running, picture, drift)))


def owner(path: str) -> str:
    """Return the node whose setting a path of kefu.yaml is, "" for what is said and done in conversations."""
    return next((node for beginning, node in _OWNERS if path.startswith(beginning)), "")


def _states(running: Running, spec: Spec, language: Language) -> dict[str, State]:
    """Return how the parts are, as far as the appliance says it."""
    status = running.status

    def say(zh: str, en: str) -> str:
        return Text(zh, en).say(language)

    pools = {pool["pool"]: pool for pool in status["pools"]}
    db, sessions = pools["db"], pools["sessions"]
    connected, most = status["connected"], _connections(running, spec)
    waiting = status["commit_queue"]
    inside = sessions["used"] + sessions["idle"]
    public = State(
        _tone(connected / most),
        say(f"{connected:,} / {most:,} 个连接", f"{connected:,} / {most:,} connections"),
    )
    if status["draining"]:
        public = State("full", say("正在停止：不再接新访客", "on its way out: takes no new visitors"))
    store = _worse(
        _tone(db["used"] / db["size"]),
        "fine" if waiting <= BATCH else "busy" if waiting <= 4 * BATCH else "full",
    )
    states = {
        "public": public,
        "conversations": State(
            # Those that are idle leave when others come: only those at work fill the pool.
            _tone(sessions["used"] / sessions["size"]),
            say(
                f"内存中 {inside:,} / {sessions['size']:,}，{sessions['used']:,} 个在忙",
                f"{inside:,} / {sessions['size']:,} in memory, {sessions['used']:,} at work",
            ),
        ),
        "store": State(
            store,
            say(
                f"读连接 {db['used']} / {db['size']} 在忙，{waiting:,} 条待写入",
                f"readers {db['used']} / {db['size']} at work, {waiting:,} to be committed",
            ),
        ),
        "admin_socket": State(
            "fine", say(f"应答（进程 {status['pid']}）", f"answers (process {status['pid']})")
        ),
    }
    # One that was started before an upgrade may not know of everything yet.
    if "overload" in status:
        states["ladder"] = _ladder(status["overload"], language)
    if status.get("admin_url"):
        states["admin_tcp"] = State("fine", status["admin_url"])
    return states


def _connections(running: Running, spec: Spec) -> int:
    """Return how many connections the running appliance allows: what the file says, unless that differs."""
    before = (change.before for change in running.changes or () if change.path == "limits.connections")
    return int(next(before, spec.limits.connections))


def _ladder(overload: Mapping[str, Any], language: Language) -> State:
    tier, load = overload["tier"], share(round(overload["load"], 2))
    said = Text(f"第 {tier} 档，负载 {load}", f"tier {tier}, load {load}").say(language)
    forced = overload["forced"]
    held = "rehearsal" if forced and forced["by"] == "rehearsal" else "operator" if forced else ""
    if held or overload["cause"]:
        # Held is held, whatever led to the tier before.
        cause = CAUSES[held or overload["cause"]]
        said += Text(f"，原因：{cause.zh}", f", cause: {cause.en}").say(language)
    return State("fine" if tier == 0 else "full" if tier == 3 else "busy", said)


def _in_force(node: Node, spec: Spec, tier: int, language: Language) -> tuple[Fact, ...]:
    """Return the facts of a node, the rungs of the ladder that are reached marked."""
    word = Text("生效中", "in force").say(language)
    reached = {
        f"threshold-{number}"
        for number, threshold in enumerate(spec.thresholds, 1)
        if TIERS[threshold.action] <= tier
    }
    return tuple(replace(fact, now=word) if fact.id in reached else fact for fact in node.facts)


def _drift(picture: Picture, spec: Spec, running: Running) -> dict[str, list[str]]:
    """Return what differs, by the id of the operator's node."""
    language = picture.language
    found: dict[str, list[str]] = {}
    words = 0
    for change in running.changes or ():
        node = owner(change.path)
        if node:
            found.setdefault(node, []).append(_differs(change, language))
        elif not change.path.startswith("flows."):
            words += 1
    for node, runs, file in _addresses(spec, running.status):
        if file != runs and not any(owner(change.path) == node for change in running.changes or ()):
            none = Text("没有", "none").say(language)
            address = Text(
                f"地址：运行 {runs or none} · 文件 {file or none}",
                f"address: runs {runs or none} · file {file or none}",
            )
            found.setdefault(node, []).append(address.say(language))
    bundle = running.status["bundle"]
    if bundle != picture.bundle:
        found.setdefault("conversations", []).insert(
            0,
            Text(
                f"流程：运行 {bundle} · 文件 {picture.bundle}", f"flow: runs {bundle} · file {picture.bundle}"
            ).say(language),
        )
    if words:
        found.setdefault("conversations", []).append(
            Text(
                f"营业时间、文字、测试等 {words} 处（见 kefu plan）",
                f"hours, texts, tests: {words} (see kefu plan)",
            ).say(language)
        )
    return found


def _addresses(spec: Spec, status: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield listeners with the address they have and that of the file: only a start binds, and its --port beats the file."""
    yield "public", status["url"], shown_url(spec.listen.host, spec.listen.port)
    admin, runs = admin_listener(spec.listen), status.get("admin_url") or ""
    if admin is None:
        yield "admin_tcp", runs, ""
    elif admin.port is not None:
        yield "admin_tcp", runs, shown_url(admin.host, admin.port)


def _differs(change: Change, language: Language) -> str:
    what, none = change.what.say(language), Text("没有", "none").say(language)
    before, after = _short(change.before) or none, _short(change.after) or none
    return Text(f"{what}：运行 {before} · 文件 {after}", f"{what}: runs {before} · file {after}").say(
        language
    )


def _short(value: str) -> str:
    return value if len(value) <= 40 else f"{value[:39]}…"


def _few(lines: list[str], language: Language) -> tuple[str, ...]:
    if len(lines) <= MOST_DRIFT:
        return tuple(lines)
    rest = len(lines) - MOST_DRIFT + 1
    more = Text(f"另有 {rest} 处（kefu plan 列出全部）", f"{rest} more (kefu plan lists all)").say(language)
    return (*lines[: MOST_DRIFT - 1], more)


def _whole(running: Running, picture: Picture, drift: Mapping[str, list[str]]) -> Iterator[str]:
    """Yield the lines about the appliance as a whole."""
    status, language = running.status, picture.language
    minutes = status["uptime_ms"] // 60_000
    yield Text(
        f"运行中：kefu {status['version']}，{status['url']}，已运行 {minutes:,} 分钟",
        f"running: kefu {status['version']}, {status['url']}, up for {minutes:,} min",
    ).say(language)
    if running.changes is None:
        reason = running.problems[0]["message"][language] if running.problems else ""
        yield Text(
            f"■ 运行中的 kefu 不接受这个文件：{reason}",
            f"■ the running kefu would refuse this file: {reason}",
        ).say(language)
    count = sum(map(len, drift.values()))
    if count:
        yield Text(
            f"≠ 文件与运行中的配置有 {count} 处不同（配置：运行 {running.config}，文件 {picture.config}）",
            f"≠ {count} differences between file and appliance (configuration: runs {running.config}, file {picture.config})",
        ).say(language)
    elif running.config != picture.config and running.changes is not None:
        yield Text(
            f"文件与运行中的配置只在写法上不同（运行 {running.config}）",
            f"the file differs from what runs in its wording only (runs {running.config})",
        ).say(language)
    elif running.changes is not None:
        yield Text("文件就是运行中的配置", "the file is what runs").say(language)
    if not status["last_reload_ok"]:
        yield Text(
            "▲ 上次重读配置失败，旧的还在运行", "▲ the last reload failed: what ran before still runs"
        ).say(language)
    if status["pending"]:
        yield Text(
            "▲ 新配置等待确认（kefu confirm）", "▲ what runs waits to be confirmed (kefu confirm)"
        ).say(language)


def _tone(used: float) -> Tone:
    return "full" if used >= 1 else "busy" if used >= CROWDED else "fine"


def _worse(one: Tone, other: Tone) -> Tone:
    return max(one, other, key=_WORST.index)
