"""What `kefu loadtest` says at its end: the verdict first, then the figures, then where the files are."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from appliance.errors import Language, Text
from tools.loadtest.results import Results
from tools.loadtest.verdict import Judged, judged, passed

MOST_FINDINGS = 5


def summary(results: Results, files: Sequence[Path], language: Language) -> str:
    """Return the text for people."""
    return "\n".join([*_lines(results, language), *(f"  {path}" for path in files)])


def _lines(results: Results, language: Language) -> list[str]:
    def text(zh: str, en: str) -> str:
        return Text(zh, en).say(language)

    totals = results.totals
    title = text(results.title_zh, results.title_en)
    verdict = text("达标", "targets met") if passed(results) else text("未达标", "TARGETS MISSED")
    lines = [text(f"{title}：{verdict}", f"{title}: {verdict}")]
    if results.ended == "interrupted":
        lines.append(text("  没有跑完：中途停止", "  not complete: it was interrupted"))
    if results.generator.saturated:
        check = results.generator
        lines.append(
            text(
                f"  压测程序自己成了瓶颈，结果无效：{check.why_zh or check.why}",
                f"  INVALID, the generator was the limit: {check.why}",
            )
        )
    lines += [f"  {_target(each, language)}" for each in judged(results)]
    lines.append(
        text(
            f"  连接 {totals.connections:,}，计划 {totals.offered:,} 条，存好 {totals.acked:,}，送达 {totals.delivered:,}，拒绝 {totals.refused:,}，无应答 {totals.unanswered:,}",
            f"  {totals.connections:,} connections; {totals.offered:,} messages offered, {totals.acked:,} stored, {totals.delivered:,} delivered, {totals.refused:,} refused, {totals.unanswered:,} unanswered",
        )
    )
    lines.append(
        text(
            f"  丢失 {totals.lost:,}，重复 {totals.duplicated:,}，乱序 {totals.out_of_order:,}（{_by(results).zh}）",
            f"  {totals.lost:,} lost, {totals.duplicated:,} doubled, {totals.out_of_order:,} out of order ({_by(results).en})",
        )
    )
    for name, latency in results.latencies.items():
        lines.append(
            f"  {_WAITED[name].say(language)}{text('：', ': ')}p50 {latency.p50_ms:,.1f}  p99 {latency.p99_ms:,.1f}  "
            f"p99.9 {latency.p999_ms:,.1f}  max {latency.max_ms:,.1f} ms"
        )
    lines += [f"  ! {error.kind} ×{error.count}: {error.example}" for error in results.errors[:MOST_FINDINGS]]
    lines += [f"  ! {finding}" for finding in totals.findings[:MOST_FINDINGS]]
    return lines


_WAITED = {
    "ack": Text("存好", "stored"),
    "ack_vip": Text("VIP 存好", "stored for VIPs"),
    "show": Text("对方看到", "shown"),
    "handshake": Text("接入", "connected"),
}


def _by(results: Results) -> Text:
    if results.totals.judged == "journals":
        return Text("按客户端的记录", "by the clients' journals")
    return Text("按客户端的记录和数据库", "by the clients' journals and the database")


def _target(each: Judged, language: Language) -> str:
    target = each.target
    bounds = []
    if target.at_most is not None:
        bounds.append(f"≤ {_shown(target.at_most)}")
    if target.at_least is not None:
        bounds.append(f"≥ {_shown(target.at_least)}")
    nothing = Text("没有测到", "not measured").say(language)
    measured = nothing if each.measured is None else _shown(each.measured)
    unit = f" {target.unit}" if target.unit and each.measured is not None else ""
    goal = "，".join(bounds) if language == "zh" else ", ".join(bounds)
    name = (target.name_zh or target.name) if language == "zh" else target.name
    sign = "✓" if each.met else "✗"
    return Text(
        f"{sign} {name}：{measured}{unit}（{goal}）", f"{sign} {name}: {measured}{unit} ({goal})"
    ).say(language)


def _shown(number: float) -> str:
    """Return a number as people read it: whole from a thousand on, else four figures."""
    return f"{number:,.0f}" if abs(number) >= 1_000 else f"{number:.4g}"


def told(results: Results, files: Sequence[Path]) -> dict[str, Any]:
    """Return the same for programs; all the rest stands in the results file."""
    latencies = {
        name: {
            key: value
            for key, value in msgspec.to_builtins(latency).items()
            if key not in ("histogram", "heat")
        }
        for name, latency in results.latencies.items()
    }
    return {
        "passed": passed(results),
        "scenario": results.scenario,
        "ended": results.ended,
        "seed": results.seed,
        "seconds": round(results.seconds, 2),
        "targets": [
            {**msgspec.to_builtins(each.target), "measured": each.measured, "met": each.met}
            for each in judged(results)
        ],
        "totals": results.totals,
        "latencies": latencies,
        "saturated": results.generator.saturated,
        "files": [str(path) for path in files],
    }
