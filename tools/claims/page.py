"""The table of `kefu claims` as one HTML file in both languages that needs nothing else, in the look of the load-test report."""

from itertools import groupby

from msgspec import Struct

from appliance.cli.console import as_json
from appliance.errors import Language, Text
from tools.claims.report import Report, told
from tools.claims.rows import Row, standings
from tools.loadtest.report.blocks import Fact, Tone
from tools.loadtest.report.claims import STANDINGS, Standing
from tools.loadtest.report.figures import count
from tools.loadtest.report.templating import embedded, rendered, source

PACKAGE = "tools.claims"
TONES: dict[Standing, Tone] = {"measured": "good", "not reproduced": "bad", "not tested": "none"}
WORDS: dict[str, Text] = {
    "title": Text("说法与实测", "Claims and what was measured"),
    "kicker": Text("kefu claims", "kefu claims"),
    "article": Text("文章的说法", "the article"),
    "bench": Text("我们的基准", "our bench"),
    "here": Text("本机实测", "measured here"),
    "standing": Text("结论", "standing"),
    "no_figure": Text("没有记录", "no figure"),
    "lead": Text(
        "“文章”是一篇讲闭源客服系统的中文工程文章；“我们的基准”是本仓库记录的数字，注明出处；“本机实测”是刚刚在这台机器上真实运行得到的，没有外推。",
        "“The article” describes a closed-source chat system; “our bench” are figures recorded in this repository, with their source; “measured here” was really run on this machine just now, and nothing is extrapolated.",
    ),
    "json": Text("下载全部结果（JSON）", "Download all results (JSON)"),
    "print": Text("打印", "Print"),
    "made_by": Text("由 kefu claims 生成", "Made by kefu claims"),
}


class Group(Struct, frozen=True):
    """The rows of one line of the reference's table."""

    area: Text
    rows: list[Row]


def html(report: Report, lang: Language | None = None) -> str:
    """Return the page.  `lang` is shown first; without it the reader's browser decides."""
    title = WORDS["title"]
    values: dict[str, object] = {
        "words": WORDS,
        "report": report,
        "facts": _facts(report),
        "groups": [Group(area, list(rows)) for area, rows in groupby(report.rows, key=lambda row: row.area)],
        "standings": STANDINGS,
        "tones": TONES,
        "raw": embedded(as_json(told(report))),
    }
    named = Text(f"{title.zh} · kefu", f"{title.en} · kefu")
    style = source("claims.css", PACKAGE)
    return rendered("claims.html", "table.html", named, style, values, lang, PACKAGE)


def _facts(report: Report) -> list[Fact]:
    many = standings(report.rows)
    return [Fact(STANDINGS[name], count(many[name]), tone=TONES[name]) for name in many]
