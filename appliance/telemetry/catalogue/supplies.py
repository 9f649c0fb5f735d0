"""What conversations are supplied from: the pools of kefu.yaml and the store."""

from appliance.errors import Text
from appliance.figures import QUICK, ROWS, WAITS
from appliance.telemetry.rows import Metric, Panel, ask, quantiles, rate, share_within, spread

SUPPLIES: tuple[Metric, ...] = (
    Metric(
        "kefu_pool_objects",
        "gauge",
        Text(
            "池里的对象：在用、空闲、最多",
            "Objects of a pool: at work, ready, and how many there may be",
        ),
        ("pool", "state"),
        (
            Panel(
                "runtime",
                Text("池的占用", "Use of the pools"),
                "timeseries",
                (
                    ask(
                        'sum by (pool) (kefu_pool_objects{@,state="used"})'
                        ' / clamp_min(sum by (pool) (kefu_pool_objects{@,state="size"}), 1)',
                        "{{pool}}",
                    ),
                ),
                "percentunit",
                Text("长时间接近 100% 就把池调大。", "Close to 100 % for long: make the pool larger."),
            ),
        ),
    ),
    Metric(
        "kefu_pool_acquires_total",
        "counter",
        Text(
            "向池要对象：hit 立刻有，miss 要等",
            "Requests to a pool: a hit found an object ready, a miss had to wait for one",
        ),
        ("pool", "result"),
        (
            Panel(
                "runtime",
                Text("池的命中率", "Hit ratio of the pools"),
                "timeseries",
                (
                    ask(
                        'sum by (pool) (rate(kefu_pool_acquires_total{@,result="hit"}[~]))'
                        " / sum by (pool) (rate(kefu_pool_acquires_total{@}[~]))",
                        "{{pool}}",
                    ),
                ),
                "percentunit",
                Text("立刻拿到对象的比例。", "Share of requests that found an object ready."),
            ),
        ),
    ),
    Metric(
        "kefu_pool_wait_seconds",
        "histogram",
        Text("没有立刻拿到时等了多久", "How long the misses of a pool waited"),
        ("pool",),
        (
            Panel(
                "runtime",
                Text("等池", "Waits for the pools"),
                "timeseries",
                quantiles("kefu_pool_wait_seconds", 0.99, by="pool"),
                "s",
                Text("只算没有立刻拿到的。", "Of those only that did not get one at once."),
            ),
        ),
        WAITS,
    ),
    Metric(
        "kefu_pool_evictions_total",
        "counter",
        Text("因为池满或闲置而放弃的对象", "Objects given up because a pool was full or they were idle"),
        ("pool",),
        (
            Panel(
                "runtime",
                Text("放弃的对象", "Objects given up"),
                "timeseries",
                (rate("kefu_pool_evictions_total", "pool"),),
                "cps",
                Text(
                    "会话离开内存，之后从存储读回。",
                    "Conversations that leave the memory and are read back later.",
                ),
            ),
        ),
    ),
    Metric(
        "kefu_store_commit_seconds",
        "histogram",
        Text("一次提交（含落盘）用了多久", "How long a commit took, the disk included"),
        (),
        (
            Panel(
                "runtime",
                Text("提交用时", "Time of commits"),
                "timeseries",
                quantiles("kefu_store_commit_seconds", 0.5, 0.99),
                "s",
                Text("主要是磁盘的 fsync。", "Mostly the fsync of the disk."),
            ),
            Panel(
                "slo",
                Text("100 毫秒内的提交", "Commits within 100 ms"),
                "stat",
                (ask(share_within("kefu_store_commit_seconds", 0.1), "提交", "commits"),),
                "percentunit",
                Text("磁盘是否跟得上；目标 99%。", "Whether the disk keeps up; the aim is 99 %."),
                0.99,
            ),
        ),
        QUICK,
    ),
    Metric(
        "kefu_store_batch_rows",
        "histogram",
        Text("一次提交带走多少行", "Rows that one commit took with it"),
        (),
        (
            Panel(
                "runtime",
                Text("每次提交的行数", "Rows in a commit"),
                "heatmap",
                spread("kefu_store_batch_rows"),
                "short",
                Text(
                    "忙时一次提交带走许多行，这是正常的。",
                    "Under load one commit takes many rows, as it should.",
                ),
            ),
        ),
        ROWS,
    ),
    Metric(
        "kefu_store_queue_rows",
        "gauge",
        Text("等着写入的提交单元", "Units that wait for the writer"),
        (),
        (
            Panel(
                "runtime",
                Text("等待写入", "Waiting for the writer"),
                "timeseries",
                (ask("sum by (instance) (kefu_store_queue_rows{@})"),),
                "short",
                Text("一直增长说明磁盘跟不上。", "If it only grows, the disk does not keep up."),
            ),
        ),
    ),
)
