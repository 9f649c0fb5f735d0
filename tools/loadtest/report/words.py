"""The words of the page itself, in both languages; what the sections say stands with them."""

from appliance.errors import Text

WORDS: dict[str, Text] = {
    "report": Text("压测报告", "Load-test report"),
    "contents": Text("目录", "Contents"),
    "for_engineers": Text("详细数据", "The details"),
    "for_engineers_lead": Text(
        "以下各节写给工程师：每个数字怎么测的、怎么定义的，都在这里。",
        "The sections below are for engineers: how each figure was measured and what it means.",
    ),
    "numbers": Text("看数字", "The numbers"),
    "point_at": Text("把指针移到图上看数值", "Point at the chart to read values"),
    "json": Text("下载全部结果（JSON）", "Download all results (JSON)"),
    "csv": Text("下载每秒数据（CSV）", "Download each second (CSV)"),
    "print": Text("打印", "Print"),
    "raw": Text(
        "原始数据就在这个文件里，下载不需要网络。",
        "The raw data is inside this file; downloading needs no network.",
    ),
    "made_by": Text("由 kefu loadtest 生成", "Made by kefu loadtest"),
    "verdict": Text("结论", "Verdict"),
    "figures": Text("主要数字", "Main figures"),
}
