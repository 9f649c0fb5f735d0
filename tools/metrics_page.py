"""The tables of the page about metrics, written from the catalogue, so that the page cannot name what there is not."""

from collections.abc import Iterable
from pathlib import Path

from appliance.errors import Language, Text
from appliance.telemetry.catalogue.overload import OVERLOAD
from appliance.telemetry.catalogue.process import PROCESS
from appliance.telemetry.catalogue.service import SERVICE
from appliance.telemetry.catalogue.supplies import SUPPLIES
from appliance.telemetry.catalogue.traffic import TRAFFIC
from appliance.telemetry.metrics import Metric

DOCS = Path(__file__).resolve().parent.parent / "packaging" / "docs"
BEGIN, END = "<!-- rows -->\n", "<!-- end of rows -->\n"

PARTS: tuple[tuple[Text, tuple[Metric, ...]], ...] = (
    (Text("连接与消息", "Connections and messages"), TRAFFIC),
    (Text("会话、等待与客服", "Conversations, waits, agents"), SERVICE),
    (Text("过载与降级", "Overload and degradation"), OVERLOAD),
    (Text("池与存储", "Pools and the store"), SUPPLIES),
    (Text("进程", "The process"), PROCESS),
)
_KINDS = {
    "counter": Text("计数", "counter"),
    "gauge": Text("当前值", "gauge"),
    "histogram": Text("分布", "histogram"),
}
_HEAD = Text("| 指标 | 类型 | 含义 |", "| metric | kind | meaning |")


def page(language: Language) -> str:
    """Return the page as it should be: its own words, with today's rows between the two marks."""
    text = (DOCS / language / "metrics.md").read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}{''.join(tables(language))}\n{END}{after}"


def tables(language: Language) -> Iterable[str]:
    """Yield a heading and a table for each part of the catalogue."""
    for title, metrics in PARTS:
        yield f"\n### {title.say(language)}\n\n{_HEAD.say(language)}\n|---|---|---|\n"
        yield from (_row(metric, language) for metric in metrics)


def _row(metric: Metric, language: Language) -> str:
    labels = "{" + ",".join(metric.labels) + "}" if metric.labels else ""
    return (
        f"| `{metric.name}{labels}` | {_KINDS[metric.kind].say(language)} | {metric.help.say(language)} |\n"
    )
