"""The alerts, each with the trials that show it firing and keeping silent.

Alerts live in Prometheus and not in Grafana, so that promtool can try them.  Figures that kefu itself goes by are read from
where kefu reads them.
"""

from typing import Literal

from msgspec import Struct

from appliance.config.spec import Queue
from appliance.errors import Text
from appliance.overload import LOOP_LAG_MS
from tools.dashboards.rules import BUDGET, BY
from tools.dashboards.trials import Trial, acks, latency, one, pair, refusals

Severity = Literal["critical", "warning", "info"]

FAST, SLOW = 14.4, 6.0
"""How many times faster than allowed an error budget is used up: 2 % of a month's in an hour, 5 % of it in six."""

LONGEST_WAIT = Queue("").ageing // 1000
"""After so many seconds nobody overtakes a visitor any more: he has waited too long in kefu's own judgement."""

SLOW_COMMIT = 0.1
LATE_LOOP = LOOP_LAG_MS / 1000


class Alert(Struct, frozen=True):
    """One alert.  `wait` is for how long `expr` must hold; the page with its name says what to do."""

    name: str
    severity: Severity
    expr: str
    wait: str
    summary: Text
    description: Text
    fires: Trial
    silent: Trial


def _burn(ratio: str, factor: float, long: str, short: str) -> str:
    limit = round(factor * BUDGET, 6)
    return f"instance:{ratio}:ratio_rate{long} > {limit} and instance:{ratio}:ratio_rate{short} > {limit}"


PROCESS: tuple[Alert, ...] = (
    Alert(
        "KefuDown",
        "critical",
        'up{job="kefu"} == 0',
        "1m",
        Text("kefu 没有应答", "kefu does not answer"),
        Text(
            "Prometheus 一分钟以来读不到 {{ $labels.instance }} 的指标。",
            "Prometheus has not been able to read {{ $labels.instance }} for a minute.",
        ),
        one("up", "1x5 0x10", 10),
        one("up", "1x5 0 1x10", 8),
    ),
    Alert(
        "KefuRestarting",
        "critical",
        "resets(kefu_process_cpu_seconds_total[30m]) >= 3",
        "0m",
        Text("kefu 反复重启", "kefu keeps restarting"),
        Text(
            "{{ $labels.instance }} 半小时内重启了 {{ $value }} 次。",
            "{{ $labels.instance }} was restarted {{ $value }} times within half an hour.",
        ),
        one("kefu_process_cpu_seconds_total", "10+1x3 1+1x3 1+1x3 1+1x3", 15),
        one("kefu_process_cpu_seconds_total", "10+1x8 1+1x8", 15),
    ),
    Alert(
        "KefuMemoryFills",
        "critical",
        'kefu_load_component_ratio{component="memory"} > 0.85',
        "10m",
        Text("内存快用完了", "Memory is running out"),
        Text(
            "{{ $labels.instance }} 已用掉可用内存的 {{ $value | humanizePercentage }}。",
            "{{ $labels.instance }} uses {{ $value | humanizePercentage }} of the memory there is for it.",
        ),
        one("kefu_load_component_ratio", "0.9x30", 20, 'component="memory"'),
        one("kefu_load_component_ratio", "0.9x5 0.5x30", 20, 'component="memory"'),
    ),
    Alert(
        "KefuFilesRunOut",
        "critical",
        "kefu_process_open_fds / kefu_process_max_fds > 0.8",
        "5m",
        Text("文件描述符快用完了", "File descriptors are running out"),
        Text(
            "{{ $labels.instance }} 用了上限的 {{ $value | humanizePercentage }}，用完就接不了新连接。",
            "{{ $labels.instance }} uses {{ $value | humanizePercentage }} of its limit; beyond it nobody can connect.",
        ),
        pair(("kefu_process_open_fds", "", "900x20"), ("kefu_process_max_fds", "", "1024x20"), 10),
        pair(("kefu_process_open_fds", "", "900x20"), ("kefu_process_max_fds", "", "65536x20"), 10),
    ),
    Alert(
        "KefuLoopLags",
        "warning",
        f"instance:kefu_event_loop_lag_seconds:p99_5m > {LATE_LOOP:g}",
        "5m",
        Text("事件循环太慢", "The event loop is late"),
        Text(
            "{{ $labels.instance }} 的事件循环 p99 晚 {{ $value | humanizeDuration }}，所有人都在等它。",
            "The event loop of {{ $labels.instance }} has a p99 lag of {{ $value | humanizeDuration }}; everybody waits for it.",
        ),
        latency("kefu_event_loop_lag_seconds", "0+90x40", "0+100x40"),
        latency("kefu_event_loop_lag_seconds", "0+100x40", "0+100x40"),
    ),
    Alert(
        "KefuStoreSlow",
        "warning",
        f"instance:kefu_store_commit_seconds:p99_5m > {SLOW_COMMIT:g}",
        "10m",
        Text("磁盘写得慢", "The disk is slow"),
        Text(
            "{{ $labels.instance }} 提交一次的 p99 是 {{ $value | humanizeDuration }}。",
            "The p99 of a commit of {{ $labels.instance }} is {{ $value | humanizeDuration }}.",
        ),
        latency("kefu_store_commit_seconds", "0+90x40", "0+100x40"),
        latency("kefu_store_commit_seconds", "0+100x40", "0+100x40"),
    ),
    Alert(
        "KefuReloadRefused",
        "warning",
        "kefu_config_last_reload_success == 0",
        "5m",
        Text("改过的配置没有生效", "The changed configuration is not live"),
        Text(
            "{{ $labels.instance }} 仍按以前的配置运行：文件里的通不过检查，或已退回。",
            "{{ $labels.instance }} still runs the one before: the file does not pass its check, or was reverted.",
        ),
        one("kefu_config_last_reload_success", "0x20", 10),
        one("kefu_config_last_reload_success", "0x3 1x20", 10),
    ),
)

LOAD: tuple[Alert, ...] = (
    Alert(
        "KefuDegraded",
        "warning",
        "kefu_degradation_tier >= 1",
        "10m",
        Text("降级已持续十分钟", "Degraded for ten minutes"),
        Text(
            "{{ $labels.instance }} 处在第 {{ $value }} 级，停掉了一些功能。",
            "{{ $labels.instance }} is in tier {{ $value }}; some features are off.",
        ),
        one("kefu_degradation_tier", "1x30", 20),
        one("kefu_degradation_tier", "1x5 0x30", 20),
    ),
    Alert(
        "KefuTurnsVisitorsAway",
        "critical",
        "kefu_degradation_tier >= 3",
        "1m",
        Text("不再接待新访客", "New visitors are turned away"),
        Text(
            "{{ $labels.instance }} 到了最高一级降级。",
            "{{ $labels.instance }} is in the highest tier of degradation.",
        ),
        one("kefu_degradation_tier", "3x10", 5),
        one("kefu_degradation_tier", "2x10", 5),
    ),
    Alert(
        "KefuTierSwings",
        "warning",
        f"{BY} (increase(kefu_degradation_transitions_total[30m])) > 12",
        "0m",
        Text("降级级别来回变", "The tier swings to and fro"),
        Text(
            "{{ $labels.instance }} 半小时内换级 {{ $value | humanize }} 次：负载正好在阈值附近。",
            "{{ $labels.instance }} changed its tier {{ $value | humanize }} times in half an hour: the load is at a threshold.",
        ),
        one("kefu_degradation_transitions_total", "0+1x40", 35, 'from="0",to="1"'),
        one("kefu_degradation_transitions_total", "0x20 2x20", 35, 'from="0",to="1"'),
    ),
    Alert(
        "KefuLittleHeadroom",
        "info",
        "avg_over_time(kefu_load_ratio[30m])"
        " > on (job, instance) 0.9 * min by (job, instance) (kefu_degradation_threshold_ratio)",
        "15m",
        Text("离降级不远了", "Little headroom is left"),
        Text(
            "{{ $labels.instance }} 半小时的平均负载是 {{ $value | humanizePercentage }}，离第一级阈值不到一成。",
            "The mean load of {{ $labels.instance }} over half an hour is {{ $value | humanizePercentage }}, close to the first threshold.",
        ),
        pair(
            ("kefu_load_ratio", "", "0.66x60"), ("kefu_degradation_threshold_ratio", 'tier="1"', "0.7x60"), 55
        ),
        pair(
            ("kefu_load_ratio", "", "0.4x60"), ("kefu_degradation_threshold_ratio", 'tier="1"', "0.7x60"), 55
        ),
    ),
    Alert(
        "KefuConnectionsLost",
        "critical",
        f"{BY} (kefu_ws_connections) < 0.5 * ({BY} (kefu_ws_connections offset 5m))"
        f" and {BY} (kefu_ws_connections offset 5m) > 20",
        "1m",
        Text("成片断线", "Many connections were lost at once"),
        Text(
            "{{ $labels.instance }} 五分钟内少了一半以上的连接，现在还有 {{ $value }} 个。",
            "{{ $labels.instance }} lost more than half of its connections within five minutes; {{ $value }} are left.",
        ),
        one("kefu_ws_connections", "200x10 20x10", 13, 'role="visitor"'),
        one("kefu_ws_connections", "200x10 150x10", 13, 'role="visitor"'),
    ),
    Alert(
        "KefuMessagesRefused",
        "critical",
        _burn("kefu_messages_refused", FAST, "1h", "5m"),
        "2m",
        Text("许多消息被退回", "Many messages are sent back"),
        Text(
            "{{ $labels.instance }} 一小时内退回了 {{ $value | humanizePercentage }} 的消息；目标是不超过 0.1%。",
            "{{ $labels.instance }} sent back {{ $value | humanizePercentage }} of the messages of an hour; the aim is 0.1 % at most.",
        ),
        refusals("0+5x90", "0+100x90", 80),
        refusals("0+5x40 200x50", "0+100x90", 80),
    ),
    Alert(
        "KefuErrorBudgetShrinks",
        "warning",
        _burn("kefu_messages_refused", SLOW, "6h", "30m"),
        "15m",
        Text("错误预算消耗太快", "The error budget is used up too fast"),
        Text(
            "{{ $labels.instance }} 六小时内退回了 {{ $value | humanizePercentage }} 的消息。",
            "{{ $labels.instance }} sent back {{ $value | humanizePercentage }} of the messages of six hours.",
        ),
        refusals("0+1x400", "0+100x400", 390),
        refusals("0+1x200 200x200", "0+100x400", 390),
    ),
    Alert(
        "KefuAcksLate",
        "warning",
        _burn("kefu_messages_late", SLOW, "6h", "30m"),
        "15m",
        Text("消息确认得慢", "Messages are acknowledged late"),
        Text(
            "{{ $labels.instance }} 六小时内 {{ $value | humanizePercentage }} 的消息超过 250 毫秒才确认；目标是不超过 0.1%。",
            "{{ $value | humanizePercentage }} of six hours' messages to {{ $labels.instance }} took over 250 ms; the aim is 0.1 % at most.",
        ),
        acks("0+98x400", "0+100x400", 390),
        acks("0+100x400", "0+100x400", 390),
    ),
)

SERVICE: tuple[Alert, ...] = (
    Alert(
        "KefuQueueWaits",
        "warning",
        f"kefu_queue_oldest_wait_seconds > {LONGEST_WAIT}",
        "1m",
        Text("有访客等得太久", "A visitor has waited too long"),
        Text(
            "队列 {{ $labels.queue }} 里等得最久的人已等了 {{ $value | humanizeDuration }}。",
            "Who waits longest in {{ $labels.queue }} has waited for {{ $value | humanizeDuration }}.",
        ),
        one("kefu_queue_oldest_wait_seconds", "0+60x20", 15, 'queue="售前"'),
        one("kefu_queue_oldest_wait_seconds", "0+60x4 0x20", 15, 'queue="售前"'),
    ),
    Alert(
        "KefuNobodyReady",
        "critical",
        f'{BY} (kefu_agents{{state="ready"}}) == 0'
        " and max by (job, instance) (kefu_queue_oldest_wait_seconds) > 0",
        "3m",
        Text("有人在等，却没有在线客服", "Visitors wait and no agent is ready"),
        Text(
            "{{ $labels.instance }} 三分钟以来没有在线客服，队列里有人。",
            "{{ $labels.instance }} has had no ready agent for three minutes while people wait.",
        ),
        pair(
            ("kefu_agents", 'state="ready"', "0x20"),
            ("kefu_queue_oldest_wait_seconds", 'queue="售前"', "0+60x20"),
            10,
        ),
        pair(
            ("kefu_agents", 'state="ready"', "0x20"),
            ("kefu_queue_oldest_wait_seconds", 'queue="售前"', "0x20"),
            10,
        ),
    ),
    Alert(
        "KefuAgentsFull",
        "warning",
        "sum by (job, instance, queue) (kefu_agent_active_sessions)"
        " / (sum by (job, instance, queue) (kefu_agent_capacity_slots) > 0) >= 0.95",
        "15m",
        Text("客服接满了", "Agents have no slot left"),
        Text(
            "队列 {{ $labels.queue }} 的占用率十五分钟以来是 {{ $value | humanizePercentage }}。",
            "The occupancy of {{ $labels.queue }} has been {{ $value | humanizePercentage }} for a quarter of an hour.",
        ),
        pair(
            ("kefu_agent_active_sessions", 'queue="售前"', "16x30"),
            ("kefu_agent_capacity_slots", 'queue="售前"', "16x30"),
            20,
        ),
        pair(
            ("kefu_agent_active_sessions", 'queue="售前"', "0x30"),
            ("kefu_agent_capacity_slots", 'queue="售前"', "0x30"),
            20,
        ),
    ),
)

ALERTS: tuple[Alert, ...] = (*PROCESS, *LOAD, *SERVICE)
