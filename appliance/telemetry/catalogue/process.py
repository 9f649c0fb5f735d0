"""The process: version and configuration, event loop, garbage, profiles, what the system gives it."""

from appliance.errors import Text
from appliance.figures import QUICK
from appliance.telemetry.rows import Metric, Panel, ask, quantiles

PROCESS: tuple[Metric, ...] = (
    Metric(
        "kefu_build_info",
        "gauge",
        Text("版本和配置；值总是 1", "Version and configuration; always 1"),
        ("version", "config_sha"),
        (
            Panel(
                "runtime",
                Text("版本和配置", "Version and configuration"),
                "table",
                (ask("kefu_build_info{@}", "{{version}} {{config_sha}}"),),
                "short",
                Text(
                    "各实例运行的版本和配置的摘要。",
                    "What each instance runs: version and hash of the configuration.",
                ),
            ),
        ),
    ),
    Metric(
        "kefu_event_loop_lag_seconds",
        "histogram",
        Text("事件循环晚了多久", "How late the event loop was"),
        (),
        (
            Panel(
                "runtime",
                Text("事件循环的延迟", "Lag of the event loop"),
                "timeseries",
                quantiles("kefu_event_loop_lag_seconds", 0.5, 0.99),
                "s",
                Text(
                    "每次定时采样比预定晚了多少；p99 到 100 毫秒负载就是 1。",
                    "How much later than planned a sample came; a p99 of 100 ms is a load of 1.",
                ),
            ),
        ),
        QUICK,
    ),
    Metric(
        "kefu_gc_pause_seconds",
        "histogram",
        Text("垃圾回收停了多久，按代", "Pauses of the garbage collector, by generation"),
        ("generation",),
        (
            Panel(
                "runtime",
                Text("垃圾回收占的时间", "Time taken by the garbage collector"),
                "timeseries",
                (
                    ask(
                        "sum by (generation) (rate(kefu_gc_pause_seconds_sum{@}[~]))",
                        "第 {{generation}} 代",
                        "generation {{generation}}",
                    ),
                ),
                "percentunit",
                Text(
                    "回收时一切都停下；启动后回收很少，平时接近 0。第 2 代最贵，应当很少。",
                    "Everything stops meanwhile; it is seldom after the start, so mostly close to 0. Generation 2 costs most.",
                ),
            ),
        ),
        QUICK,
    ),
    Metric(
        "kefu_asyncio_tasks",
        "gauge",
        Text("没有结束的 asyncio 任务", "Tasks of asyncio that have not ended"),
        (),
        (
            Panel(
                "runtime",
                Text("任务", "Tasks"),
                "timeseries",
                (ask("sum by (instance) (kefu_asyncio_tasks{@})"),),
                "short",
                Text(
                    "连接不占任务；一直增长就是泄漏。",
                    "Connections take none; if it only grows, something leaks.",
                ),
            ),
        ),
    ),
    Metric(
        "kefu_config_reloads_total",
        "counter",
        Text("重新加载配置，按结果", "Reloads of the configuration, by result"),
        ("result",),
        (
            Panel(
                "runtime",
                Text("重新加载", "Reloads"),
                "timeseries",
                (ask("sum by (result) (increase(kefu_config_reloads_total{@}[~]))", "{{result}}"),),
                "short",
                Text("被拒绝的配置不会生效。", "A refused configuration changes nothing."),
            ),
        ),
    ),
    Metric(
        "kefu_config_last_reload_success",
        "gauge",
        Text("最近一次加载是否成功", "Whether the last reload succeeded"),
        (),
        (
            Panel(
                "runtime",
                Text("最近的加载", "Last reload"),
                "stat",
                (ask("min by (instance) (kefu_config_last_reload_success{@})"),),
                "bool_yes_no",
                Text("0 表示文件里的配置没有生效。", "0: what stands in the file is not live."),
            ),
        ),
    ),
    Metric(
        "kefu_profiler_captures_total",
        "counter",
        Text("性能采样次数，按种类", "Profiles taken, by type"),
        ("type",),
        (
            Panel(
                "runtime",
                Text("性能采样", "Profiles"),
                "timeseries",
                (ask("sum by (type) (increase(kefu_profiler_captures_total{@}[~]))", "{{type}}"),),
                "short",
                Text("cpu、heap、task 等各取了多少次。", "How often each kind was taken."),
            ),
        ),
    ),
    Metric(
        "kefu_process_cpu_seconds_total",
        "counter",
        Text("进程用的处理器时间", "Processor time of the process"),
        (),
        (
            Panel(
                "runtime",
                Text("处理器", "Processor"),
                "timeseries",
                (ask("sum by (instance) (rate(kefu_process_cpu_seconds_total{@}[~]))"),),
                "percentunit",
                Text("1 是用满一个核。", "1 is one core in full."),
            ),
        ),
    ),
    Metric(
        "kefu_process_resident_memory_bytes",
        "gauge",
        Text("进程占的内存", "Memory of the process"),
        (),
        (
            Panel(
                "runtime",
                Text("内存", "Memory"),
                "timeseries",
                (ask("sum by (instance) (kefu_process_resident_memory_bytes{@})"),),
                "bytes",
                Text("常驻内存（RSS）。", "Resident set size."),
            ),
        ),
    ),
    Metric(
        "kefu_process_open_fds",
        "gauge",
        Text("打开的文件描述符", "Open file descriptors"),
        (),
        (
            Panel(
                "runtime",
                Text("文件描述符", "File descriptors"),
                "timeseries",
                (
                    ask(
                        "sum by (instance) (kefu_process_open_fds{@})",
                        "{{instance}} 已用",
                        "{{instance}} open",
                    ),
                    ask(
                        "sum by (instance) (kefu_process_max_fds{@})",
                        "{{instance}} 上限",
                        "{{instance}} limit",
                    ),
                ),
                "short",
                Text(
                    "每个连接一个；到上限就不能再接新连接。",
                    "One for each connection; at the limit no more can come.",
                ),
            ),
        ),
    ),
    Metric(
        "kefu_process_max_fds",
        "gauge",
        Text("文件描述符的上限", "The limit of file descriptors"),
        unshown="it is the second line of the panel of kefu_process_open_fds",
    ),
)
