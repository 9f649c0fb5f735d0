"""The table of `kefu claims`: what the reference system says, what our benches recorded, what was measured here, how that stands.

Claims that no machine can reproduce are rows, too; they say why.
"""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from appliance.errors import Text
from tools.claims import rules
from tools.claims.findings import Findings
from tools.claims.recorded import Figure, recorded
from tools.claims.rules import Verdict
from tools.loadtest.report import claims as judged
from tools.loadtest.report.claims import Claim, Standing
from tools.loadtest.report.figures import NONE

UNMEASURED = Text("没有测量", "it was not measured")


class Row(Struct, frozen=True):
    """One claim: `key` is its name for programs, `area` the line of the reference's table."""

    key: str
    area: Text
    claim: Claim
    bench: tuple[Figure, ...]


class Asked(Struct, frozen=True):
    """How a row is made: `part` names what of the findings it is judged by; `rule` is its judge."""

    key: str
    area: Text
    says: Text
    part: str
    rule: Callable[[Any], Verdict | Claim]


class Untestable(Struct, frozen=True):
    """A claim that no machine can reproduce, and why."""

    key: str
    area: Text
    says: Text
    why: Text


def rows(found: Findings) -> list[Row]:
    """Return the whole table in its order."""
    return [Row(each.key, each.area, _claim(each, found), recorded().get(each.key, ())) for each in TABLE]


def standings(table: list[Row]) -> dict[Standing, int]:
    """Return how many rows stand how."""
    return {
        name: sum(row.claim.standing == name for row in table)
        for name in ("measured", "not reproduced", "not tested")
    }


def _claim(each: Asked | Untestable, found: Findings) -> Claim:
    if isinstance(each, Untestable):
        return Claim(each.says, NONE, "not tested", each.why)
    part = getattr(found, each.part)
    if part is None:
        return Claim(each.says, NONE, "not tested", found.missing.get(each.part, UNMEASURED))
    verdict = each.rule(part)
    return Claim(each.says, verdict.here, verdict.standing, verdict.note)


_WHY = Text("为什么", "why")
_CONNECTIONS = Text("连接", "connections")
_VOLUME = Text("消息量", "volume")
_LAYER = Text("连接层", "connection layer")
_LOGIC = Text("业务逻辑", "business logic")
_POOLS = Text("资源池", "pools")
_DEGRADATION = Text("降级", "degradation")
_RUNTIME = Text("运行时", "runtime")
_AI = Text("人工智能", "AI")
_AGENTS = Text("客服", "agents")
_DISPATCH = Text("分发", "dispatch")
_EARLIER = Text("早先的版本", "earlier version")
_SERVICE = Text("上线之后", "in service")
_DEPLOYMENT = Text("部署", "deployment")
_HANDED = Text("交付物", "handed over")
_LESSONS = Text("踩过的坑", "lessons")

_JUST_MADE = Text("刚才生成的文件", "the file that was just made")
_JUST_TAKEN = Text("刚才从运行中的 kefu 取的 CPU 剖析", "a CPU profile just taken from the running kefu")


def _handed(note: Text) -> Callable[[int], Verdict]:
    return lambda made: rules.produced(made, note)


TABLE: tuple[Asked | Untestable, ...] = (
    Asked("phone_home", _WHY, Text("数据都在自己的机器上，不向外联系", "all data stays on one's own machine; nothing phones home"), "peers", rules.phone_home),
    Asked("connections", _CONNECTIONS, judged.SAYS_CONNECTIONS, "connect", judged.connections),
    Asked("record_day", _VOLUME, judged.SAYS_RECORD_DAY, "day", judged.record_day),
    Asked("durable", _VOLUME, Text("每条消息先落盘再确认", "every message is on the disk before it is acknowledged"), "killed", rules.durable),
    Asked("heartbeat", _LAYER, Text("心跳走自己的通道，不排在业务消息后面", "heartbeats have a path of their own, never behind messages"), "beats", rules.heartbeat),
    Asked("growth", _LAYER, judged.SAYS_BURST, "burst", judged.burst),
    Asked("vip_first", _LOGIC, Text("“VIP 优先”20 分钟就加上", "VIP-first assignment was added in 20 minutes"), "change", rules.vip_first),
    Untestable("faster_to_change", _LOGIC, Text("规则改起来快 70%", "rules are 70 % faster to change"), Text("那是一个团队的工时，机器量不了", "a team's working hours; no machine can measure them")),
    Asked("collector", _POOLS, judged.SAYS_COLLECTOR, "pooling", lambda found: judged.collector(found.cyclic_context.collections, found.made_context.collections)),
    Asked("pools", _POOLS, Text("数据库连接、会话等资源都进池", "database connections and conversations come from pools"), "pools", rules.pools),
    Asked("codecs", _POOLS, Text("编解码器留用", "codecs are kept, not made for each message"), "pooling", rules.codecs),
    Asked("contexts", _POOLS, Text("连会话上下文也进池，划算", "even conversation contexts are pooled, and that pays"), "pooling", rules.contexts),
    Asked("ladder", _DEGRADATION, Text("三级降级：砍功能，但没有垮", "three tiers: features cut, but it did not fall over"), "ladder", rules.ladder),
    Asked("runtime", _RUNTIME, Text("每个会话一个协程，达到线程池的 120%", "a coroutine a conversation: 120 % of a thread pool"), "runtime", rules.runtime),
    Untestable("ai", _AI, Text("三个级别；一家银行从 800 毫秒降到 210 毫秒", "three levels; a bank went from 800 ms to 210 ms"), Text("这个版本只有 ai: off", "this version has ai: off only")),
    Asked("agents", _AGENTS, Text("一位客服同时接待 200 多个会话", "one agent handles more than 200 conversations at once"), "desk", rules.agents),
    Asked("dispatch", _DISPATCH, Text("消息分发的缓存命中率 73% → 89%", "cache hit rate of message dispatch: 73 % → 89 %"), "fanout", rules.dispatch),
    Asked("earlier", _EARLIER, Text("早先的版本多用 60% 内存", "the earlier version took 60 % more memory"), "runtime", rules.earlier),
    Untestable("tripled", _EARLIER, Text("换语言后开发速度翻了三倍", "another language tripled development speed"), Text("那是一个团队的工时，机器量不了", "a team's working hours; no machine can measure them")),
    Untestable("two_years", _SERVICE, Text("在线两年，夜里没有人被叫醒", "two years in production, nobody paged at night"), Text("几分钟的测量说明不了两年", "minutes of measuring tell nothing of two years")),
    Asked("start", _DEPLOYMENT, Text("部署简单：一条命令", "deployment is simple: one command"), "begin", rules.start),
    Asked("one_file", _DEPLOYMENT, Text("部署只有一个二进制文件", "one binary file is all there is to deploy"), "begin", rules.one_file),
    Untestable("documents", _DEPLOYMENT, Text("文档比内部文档还好", "documents better than internal ones"), Text("好不好由读的人说", "that is for readers to say")),
    Asked("report", _HANDED, Text("附完整的压测报告模板", "a complete load-test report comes with it"), "report_bytes", _handed(_JUST_MADE)),
    Asked("topology", _HANDED, Text("附部署拓扑图生成器", "a deployment topology generator comes with it"), "topology_bytes", _handed(_JUST_MADE)),
    Asked("panel", _HANDED, Text("附定制的 pprof 面板", "a customised pprof panel comes with it"), "profile_bytes", _handed(_JUST_TAKEN)),
    Asked("leaks", _LESSONS, Text("定时器泄漏过：人走后不能有剩", "timers leaked: nothing may be left when people have gone"), "left", rules.leaks),
    Asked("codec", _LESSONS, Text("JSON 处理并发写 map 崩过：编解码器要能共用", "concurrent map writes in JSON handling: codecs must bear to be shared"), "codec", rules.codec_shared),
    Asked("stacks", _LESSONS, Text("忙碌的客服撑大过栈：不能随会话增长", "stacks grew for busy agents: nothing may grow with their conversations"), "desk", rules.stacks),
)  # fmt: skip
