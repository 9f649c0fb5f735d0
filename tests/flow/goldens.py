"""The golden guard diagnostics: what an operator reads under each wrong condition, in both languages.

`python -m tests.flow.goldens` writes them anew after a change of wording; then read the difference.
"""

from pathlib import Path

from appliance.config.diagnostics import Span, underline
from appliance.config.spec import Guard
from appliance.flow.guards import compile_guard

FILE = Path(__file__).parent.parent / "golden" / "flow" / "guards.txt"
VARS = {"次数": "number", "渠道": "string"}
WRONG = (
    "time > 10",
    "10 < time",
    "time > 24小时",
    "time > 5min",
    "time > 10 s",
    "time ＞ 10s",
    "time = 10s",
    "time > 10s and vip",
    "vip 或者 served",
    "load > 85",
    "load > 0.85",
    "priority > 85%",
    "10%3 == 1",
    "menu == 退换货",
    "menue == '退换货'",
    "menu == 3",
    "menu == “退换货”",
    "'退' in menu",
    "visitor.tags.contains('VIP')",
    "visitor.level",
    "vip + 1 == 2",
    "!menu == ''",
    "vip && menu",
    "1 < priority < 3",
    "contain(menu, '退')",
    "contains(menu)",
    "size(vip) > 1",
    "matches(event.text, '(')",
    "matches(event.text, menu)",
    "vars.次 > 1",
    "渠道 > 1",
    "vip ? 1 : 'a'",
    "(vip",
    "vip)",
    "menu == '退",
    "menu == '\\d'",
    "menu.foo",
    "menu == ",
    "[1, 'a'",
    "priority in [true]",
    "$vip",
    "time ＞＝ 10s",
    "time => 10s",
    "time <> 10s",
    "ｖｉｐ",
    "time > 1０s",
    "time > 10００",
    "load > 85％",
    "vip && (time + 5s) * 2 > 10",
    "vip + (1 > 2)",
    "-vip",
    "-menu == 'x'",
    "menu && vip",
    "visitor.tags || vip",
    "visitor.tags > ['a']",
    "time",
    "load",
    "vip > 1",
    "time * load * time > 1s",
    "10s % 3 == 1",
    "'a' in vip",
    "size(3) > 1",
    "lower(vip) == 'x'",
    "contains(menu, '退',)",
    "matches(menu)",
    "event.data.x.y > 'a' && vars.无 > 1",
    "time > 4000d",
    "size(menu) > 9999999999999999999",
    "menu == '\\ud83d'",
    "vip True",
    "vip ? 1s",
    "true ; false",
    "2026-10-01",
    "",
)


def rendered() -> str:
    """Return every wrong guard with the carets and sentences of its problems."""
    blocks: list[str] = []
    for text in WRONG:
        guard, problems = compile_guard(text, "flows", VARS)
        assert guard is None, text
        for problem in problems:
            assert problem.hint.zh, text
            assert problem.hint.en, text
            place = Guard(text, Span(1, 1, 1, len(text) + 1)).place(problem.start, problem.end)
            line, carets = underline(text, place)
            says = "".join(
                f"  {message.say(language)}{' = ' + hint if (hint := problem.hint.say(language)) else ''}\n"
                for language in ("zh", "en")
                for message in (problem.message,)
            )
            blocks.append(f"{problem.code}\n  {line}\n  {carets}\n{says}")
    return "\n".join(blocks)


if __name__ == "__main__":
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(rendered(), encoding="utf-8")
