"""The overload ladder: how loaded it is, which tier it stands in, what is off."""

from appliance.errors import Text
from appliance.telemetry.rows import Metric, Panel, ask, rate

OVERLOAD: tuple[Metric, ...] = (
    Metric(
        "kefu_load_ratio",
        "gauge",
        Text("负载，1 为满", "Load; 1 is full"),
        (),
        (
            Panel(
                "degradation",
                Text("负载与阈值", "Load and thresholds"),
                "timeseries",
                (
                    ask("kefu_load_ratio{@}", "负载 {{instance}}", "load {{instance}}"),
                    ask(
                        "max by (tier) (kefu_degradation_threshold_ratio{@})",
                        "第 {{tier}} 级",
                        "tier {{tier}}",
                    ),
                ),
                "percentunit",
                Text(
                    "负载是各分量中最大的一个；高过一级的阈值一段时间就进入那一级。",
                    "Load is the largest of its components; above a threshold for a while, that tier is entered.",
                ),
            ),
        ),
    ),
    Metric(
        "kefu_load_component_ratio",
        "gauge",
        Text("负载的各分量", "The components of the load"),
        ("component",),
        (
            Panel(
                "degradation",
                Text("负载从哪里来", "What the load is made of"),
                "timeseries",
                (ask("max by (component) (kefu_load_component_ratio{@})", "{{component}}"),),
                "percentunit",
                Text(
                    "loop 事件循环，commit 提交队列，cpu 处理器，outbound 待发字节，memory 内存，files 文件描述符。",
                    "The event loop, the commit queue, the processor, bytes to be sent, memory, file descriptors.",
                ),
            ),
        ),
    ),
    Metric(
        "kefu_degradation_tier",
        "gauge",
        Text("降级处在第几级，0 为正常", "The tier of degradation; 0 is normal"),
        (),
        (
            Panel(
                "degradation",
                Text("降级级别", "Tier"),
                "state-timeline",
                (ask("kefu_degradation_tier{@}"),),
                "short",
                Text(
                    "0 正常；1 停已读回执和输入提示；2 推迟给普通访客的推送；3 简化协议、不接新访客。",
                    "0 normal; 1 no read receipts, no typing; 2 pushes delayed; 3 simple protocol, no new visitors.",
                ),
            ),
            Panel(
                "slo",
                Text("不降级的时间", "Time without degradation"),
                "stat",
                (
                    ask(
                        "avg(avg_over_time((kefu_degradation_tier{@} == bool 0)[$__range:]))",
                        "0 级",
                        "tier 0",
                    ),
                ),
                "percentunit",
                Text("所选时间内处在 0 级的比例。", "Share of the chosen time in tier 0."),
            ),
        ),
    ),
    Metric(
        "kefu_degradation_threshold_ratio",
        "gauge",
        Text("进入各级的阈值", "The load above which a tier is entered"),
        ("tier",),
        (
            Panel(
                "degradation",
                Text("阈值", "Thresholds"),
                "table",
                (ask("max by (tier) (kefu_degradation_threshold_ratio{@})", "{{tier}}"),),
                "percentunit",
                Text("来自 kefu.yaml 的 thresholds。", "From `thresholds` in kefu.yaml."),
            ),
        ),
    ),
    Metric(
        "kefu_degradation_transitions_total",
        "counter",
        Text("级别变化次数", "Changes of the tier"),
        ("from", "to"),
        (
            Panel(
                "degradation",
                Text("级别变化", "Changes of the tier"),
                "timeseries",
                (
                    ask(
                        "sum by (from, to) (increase(kefu_degradation_transitions_total{@}[~]))",
                        "{{from}} → {{to}}",
                    ),
                ),
                "short",
                Text(
                    "来回频繁变化说明负载正好在阈值附近。",
                    "Many changes to and fro mean that the load is just at a threshold.",
                ),
            ),
        ),
    ),
    Metric(
        "kefu_feature_suppressed_total",
        "counter",
        Text("降级时没有做的事，按功能", "What was not done because of degradation, by feature"),
        ("feature",),
        (
            Panel(
                "degradation",
                Text("停掉的功能", "Suppressed features"),
                "timeseries",
                (rate("kefu_feature_suppressed_total", "feature"),),
                "cps",
                Text(
                    "每秒少做了多少次已读回执、输入提示、推送等。",
                    "Read receipts, typing signals, pushes and so on that were left out a second.",
                ),
            ),
        ),
    ),
)
