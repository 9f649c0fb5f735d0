"""From the tree to the typed settings: every section of kefu.yaml but hours, flows and tests, which have their own.

The schema has judged the form already; what is found wrong here needs more than one value to be seen.
"""

import itertools
import re
from collections.abc import Mapping as Table
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo, available_timezones

from appliance.config import scalars
from appliance.config.decode_hours import hours
from appliance.config.diagnostics import Span, quoted
from appliance.config.listen import AdminListen, Listen
from appliance.config.nodes import Mapping, Node, Scalar, Sequence
from appliance.config.reading import Reader, entries, span
from appliance.config.spec import (
    THRESHOLDS,
    Alerts,
    Guard,
    Limits,
    Message,
    Overflow,
    Pools,
    Queue,
    Site,
    Storage,
    Threshold,
    Welcome,
)
from appliance.config.templates import check_template
from appliance.config.vocabulary import THRESHOLD_NAMES
from appliance.errors import Text

_LOAD = re.compile(rf"(?:load|负载) ?> ?({scalars.PERCENT})")
_HYSTERESIS = 0.10
_SIZES = ("message_bytes", "body_bytes", "outbox_bytes")
LONGEST_MESSAGE = 32 * 1024
"""Half of the largest frame (delivery/frames.py): JSON may double the bytes of a text."""
_DURATIONS = ("presence_grace", "ping_every", "pong_within")


def _part(node: Node | None, key: str) -> Node | None:
    return node.get(key) if isinstance(node, Mapping) else None


def site(read: Reader, node: Node | None) -> Site:
    """Return `site`, with a time zone that exists."""
    default = Site()
    zone_node = _part(node, "timezone")
    zone = read.text(zone_node, default.timezone)
    if not _zone_exists(zone):
        at = span(zone_node)
        what = Text("时区", "time zone")
        read.unknown("K324", "$.site.timezone", at, what, zone, sorted(available_timezones()))
        zone = default.timezone
    return Site(
        name=read.text(_part(node, "name"), default.name),
        timezone=zone,
        origins=read.texts(_part(node, "origins")),
        identity_secret=read.secret(_part(node, "identity_secret")),
        at=span(node),
    )


def _zone_exists(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        # LookupError is ZoneInfoNotFoundError; OSError comes for the name of a folder such as "Asia".
        return False
    return True


def listen(read: Reader, node: Node | None) -> Listen:
    """Return `listen`."""
    default = Listen()
    host = read.text(_part(node, "host"), default.host)
    port = read.whole(_part(node, "port"), default.port)
    return Listen(host, port, _admin_listen(read, _part(node, "admin"), port), span(node))


def _admin_listen(read: Reader, node: Node | None, public: int) -> AdminListen:
    """Return where the admin routes listen: a port alone is one of loopback, whatever the public host is."""
    default = AdminListen()
    text = read.text(node)
    if text == "off":
        return AdminListen(on=False)
    host, _, number = text.rpartition(":")
    if number.isdecimal() and host:
        wanted = AdminListen(host.strip("[]"), int(number))
    else:
        wanted = AdminListen(port=read.whole(node, 0) or None)
    message = None
    if wanted.port is not None and not 0 < wanted.port < 65_536:
        message = Text(f"没有端口 {wanted.port}", f"there is no port {wanted.port}")
    elif wanted.port == public:
        message = Text(f"端口 {public} 已经给访客用了", f"port {public} serves the visitors already")
    if message is None:
        return wanted
    if not read.found.covers(span(node)):
        hint = Text(f"换一个端口，例如 {public + 1}", f"take another port, {public + 1} for example")
        read.found.error("K205", "$.listen.admin", span(node), message, hint)
    return default


def queues(read: Reader, node: Node | None, timezone: str) -> tuple[Queue, ...]:
    """Return `queues` in file order; one queue for everybody when there are none."""
    found = tuple(_queue(read, entry.key, entry.key_at, entry.value, timezone) for entry in entries(node))
    if not found:
        return (Queue("客服"),)
    names = [queue.name for queue in found]
    for queue in found:
        flow_over = queue.overflow
        path = f"$.queues.{queue.name}"
        if flow_over and flow_over.to not in names:
            read.unknown(
                "K304", f"{path}.overflow.to", flow_over.at, Text("组", "queue"), flow_over.to, names
            )
        elif flow_over and flow_over.to == queue.name:
            message = Text("一个组不能溢出到自己", "a queue cannot overflow into itself")
            read.found.error("K304", f"{path}.overflow.to", flow_over.at, message)
    _whom_they_take(read, found)
    return found


def _queue(read: Reader, name: str, at: Span, node: Node, timezone: str) -> Queue:
    path = f"$.queues.{name}"
    default = Queue(name)
    over = _part(node, "overflow")
    target = _part(over, "to")
    overflow = None
    if target is not None:
        after = read.duration(_part(over, "after"), f"{path}.overflow.after", 0)
        overflow = Overflow(read.text(target), after, target.at)
    own = _part(node, "hours")
    strategy = read.text(_part(node, "strategy"), default.strategy)
    accept = read.text(_part(node, "accept"), default.accept)
    return Queue(
        name=name,
        when=read.guard(_part(node, "when"), f"{path}.when"),
        first="vip" if _part(node, "first") is not None else "",
        overflow=overflow,
        strategy=cast(Literal["sticky", "least_busy", "round_robin"], strategy),
        accept=cast(Literal["auto", "manual"], accept),
        offer=read.duration(_part(node, "offer"), f"{path}.offer", default.offer),
        cap=read.whole(_part(node, "cap"), default.cap),
        ageing=read.duration(_part(node, "ageing"), f"{path}.ageing", default.ageing),
        hours=hours(read, own, timezone, f"{path}.hours") if own is not None else None,
        at=at,
    )


def _whom_they_take(read: Reader, found: tuple[Queue, ...]) -> None:
    """Somebody must take every visitor, and a rule after that one is never asked."""
    everybody = next((number for number, queue in enumerate(found) if queue.when is None), None)
    if everybody is None:
        last = found[-1]
        message = Text("没有一个组接所有访客", "no queue takes every visitor")
        hint = Text(f"去掉最后一组“{last.name}”的 when", f"remove when from the last queue '{last.name}'")
        read.found.error("K325", f"$.queues.{last.name}", last.at, message, hint)
        return
    for queue in found[everybody + 1 :]:
        if queue.when is not None:
            before = quoted(found[everybody].name)
            message = Text(
                f"上面的{before.zh}接了所有访客，轮不到这个 when",
                f"{before.en} above takes everybody before this",
            )
            hint = Text("把有 when 的组放到上面", "put queues with a when above it")
            read.found.error("K310", f"$.queues.{queue.name}.when", queue.when.at, message, hint)


def welcome(read: Reader, node: Node | None, messages: Table[str, Message]) -> Welcome:
    """Return `welcome`, whose message must exist."""
    say = _part(node, "say")
    name = read.text(say)
    if say is not None and name and name not in messages:
        read.unknown("K305", "$.welcome.say", say.at, Text("话", "message"), name, list(messages))
    return Welcome(name, read.texts(_part(node, "menu")), span(say))


def messages(read: Reader, node: Node | None) -> dict[str, Message]:
    """Return `messages`, each a template that compiles."""
    found: dict[str, Message] = {}
    for entry in entries(node):
        text = read.text(entry.value)
        if isinstance(entry.value, Scalar) and text:
            check_template(text, f"$.messages.{entry.key}", entry.value.inner, read)
        found[entry.key] = Message(entry.key, text, entry.key_at)
    return found


def alerts(read: Reader, node: Node | None) -> Alerts:
    """Return `alerts`."""
    when = _part(node, "when")
    items = when.items if isinstance(when, Sequence) else ()
    guards = [read.guard(item, f"$.alerts.when[{number}]") for number, item in enumerate(items)]
    to = read.texts(_part(node, "to")) or ("console",)
    return Alerts(to, tuple(guard for guard in guards if guard), span(node))


def thresholds(read: Reader, node: Node | None) -> tuple[Threshold, ...]:
    """Return `thresholds`, rising and in the order of the ladder; the built-in ladder when there are none."""
    if not isinstance(node, Sequence):
        return THRESHOLDS
    rungs = [_threshold(read, item, f"$.thresholds[{number}]") for number, item in enumerate(node.items)]
    found = [rung for rung in rungs if rung is not None]
    for before, rung in itertools.pairwise(found):
        if rung.enter <= before.enter:
            message = Text("阈值必须一档比一档高", "each threshold must be higher than the one before")
            limit = f"{before.enter * 100:g}%"
            read.found.error(
                "K315",
                "$.thresholds",
                rung.at,
                message,
                Text(f"写一个比 {limit} 大的", f"write one above {limit}"),
            )
    order = [word.name for word in dict.fromkeys(THRESHOLD_NAMES.values())]
    ranks = [order.index(rung.action) for rung in found]
    for number, rung in enumerate(found[1:], 1):
        if ranks[number] <= ranks[number - 1]:
            message = Text("这一档放错了位置", "this rung is out of place")
            hint = Text("依次是：" + "、".join(order), "the order is " + ", ".join(order))
            read.found.error("K315", "$.thresholds", rung.at, message, hint)
    return tuple(found)


def _threshold(read: Reader, node: Node, path: str) -> Threshold | None:
    when, action = _part(node, "when"), _part(node, "action")
    guard = read.guard(when, f"{path}.when")
    match = _LOAD.fullmatch(guard.source) if guard else None
    enter = scalars.percent(match[1]) if match else None
    if guard is not None and when is not None and enter is None and not read.found.covers(when.at):
        hint = Text("写成 load > 70%", "write load > 70%")
        read.found.error(
            "K315", f"{path}.when", when.at, Text("不是负载条件", "this is no load condition"), hint
        )
    named = entries(action)[0] if entries(action) else None
    name = named.key if named else read.text(action)
    if guard is None or enter is None or name not in THRESHOLD_NAMES:
        return None
    word = THRESHOLD_NAMES[name]
    usual = next(rung.delay for rung in THRESHOLDS if rung.action == word.name)
    delay = read.duration(named.value, f"{path}.action.{name}", usual) if named else usual
    return Threshold(enter, round(max(enter - _HYSTERESIS, 0.0), 6), word.name, delay, guard.at)


def pools(read: Reader, node: Node | None) -> Pools:
    """Return `pools`."""
    names = ("db", "sessions")
    return Pools(
        **{name: read.whole(_part(node, name), getattr(Pools(), name)) for name in names}, at=span(node)
    )


def storage(read: Reader, node: Node | None) -> Storage:
    """Return `storage`."""
    every, rate = (
        read.whole(_part(node, name), getattr(Storage(), name)) for name in ("snapshot_every", "rate")
    )
    return Storage("sqlite", every, rate, span(node))


def limits(read: Reader, node: Node | None) -> Limits:
    """Return `limits`, with messages that fit into a frame."""
    default = Limits()
    values: dict[str, Any] = {"at": span(node)}
    for entry in entries(node):
        path = f"$.limits.{entry.key}"
        if entry.key in _SIZES:
            values[entry.key] = read.size(entry.value, path, getattr(default, entry.key))
        elif entry.key in _DURATIONS:
            values[entry.key] = read.duration(entry.value, path, getattr(default, entry.key))
        elif hasattr(default, entry.key) and entry.key != "at":
            values[entry.key] = read.whole(entry.value, getattr(default, entry.key))
    result = Limits(**values)
    at = next((entry.value.at for entry in entries(node) if entry.key == "message_bytes"), result.at)
    if not read.found.covers(at) and result.message_bytes > LONGEST_MESSAGE:
        message = Text("一帧装不下一条消息", "a frame cannot hold a message")
        hint = Text("message_bytes 最多 32KiB", "message_bytes is 32KiB at most")
        read.found.error("K205", "$.limits.message_bytes", at, message, hint)
    return result


def vip(read: Reader, node: Node | None) -> Guard | None:
    """Return the operator's definition of a VIP."""
    return read.guard(node, "$.vip")
