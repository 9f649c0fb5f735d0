"""`kefu agent`: the members of staff.  Works on the running appliance and, when none runs, on its data."""

import getpass
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from appliance.cli.admin import ask, offline
from appliance.cli.console import FINE, Console, Parser, UsageError
from appliance.cli.options import config_option, data_option
from appliance.cli.table import aligned
from appliance.errors import Refused, Text
from appliance.http.admin import AdminDesk
from appliance.http.staff import AgentChange, NewAgent

ROLES = ("agent", "supervisor", "owner")
SUMMARIES = {
    "add": Text(
        "添加成员，打印一次性邀请链接。", "Add a member of staff and print the one-time invitation link."
    ),
    "list": Text("列出成员。", "List the members of staff."),
    "passwd": Text(
        "设置密码（从终端或标准输入读取）。", "Set a password (read from the terminal, or from stdin)."
    ),
    "invite": Text("作废密码，打印新的一次性链接。", "Take the password away and print a new one-time link."),
    "disable": Text("停用：立即下线，不能再登录。", "Disable: signed out at once, cannot sign in again."),
    "enable": Text("重新启用。", "Enable again."),
}

Work = Callable[[AdminDesk], Awaitable[dict[str, Any]]]


def command(arguments: Sequence[str], console: Console) -> int:
    """Run one of the subcommands."""
    name = arguments[0] if arguments else "--help"
    if name in ("-h", "--help"):
        lines = [f"  kefu agent {each:<8} {text.say(console.language)}" for each, text in SUMMARIES.items()]
        print("\n".join(lines), file=console.out)
        return FINE
    if name not in SUMMARIES:
        known = ", ".join(SUMMARIES)
        raise UsageError(
            Text(f"没有子命令“{name}”。", f"There is no command 'agent {name}'."),
            Text(f"现有：{known}。", f"There are: {known}."),
        )
    parser = console.parser(f"agent {name}", SUMMARIES[name])
    _HANDLERS[name](parser, arguments[1:], console)
    return FINE


def _common(parser: Parser) -> None:
    data_option(parser)
    config_option(parser)


def _reach(given: Any, method: str, path: str, body: Any, work: Work) -> dict[str, Any]:
    """Return the answer of the running appliance, else what `work` does with the store."""
    answered = ask(Path(given.data), method, path, body)
    return offline(Path(given.data), given.config, work) if answered is None else answered


def _add(parser: Parser, arguments: Sequence[str], console: Console) -> None:
    _common(parser)
    parser.word("name", "访客看到的名字", "the name that visitors see")
    parser.flag("--login", required=True, zh="登录名", en="what he signs in with")
    parser.flag("--role", choices=ROLES, default="agent", zh="角色（默认 agent）", en="role (default: agent)")
    parser.flag(
        "--skills",
        default="",
        metavar="A,B",
        zh="队列，逗号分隔（默认全部）",
        en="queues, separated by commas (default: all)",
    )
    parser.flag(
        "--capacity",
        type=int,
        default=8,
        metavar="N",
        zh="同时接待数（默认 8）",
        en="conversations at once (default: 8)",
    )
    given = parser.parse_args(arguments)
    skills = tuple(filter(None, (each.strip() for each in given.skills.replace("，", ",").split(","))))
    raw = {
        "login": given.login,
        "name": given.name,
        "role": given.role,
        "skills": skills,
        "capacity": given.capacity,
    }
    wanted = _converted(raw, NewAgent)
    done = _reach(given, "POST", "/admin/agents", wanted, lambda desk: desk.add(wanted))
    text = console.text(
        f"已添加 {done['agent']['name']}（{done['agent']['login']}）。把这个链接发给他，7 天内有效，只能用一次：\n  {done['invite']}",
        f"{done['agent']['name']} ({done['agent']['login']}) is added. Send him this link; it works once, within 7 days:\n  {done['invite']}",
    )
    console.show(text, done)


def _list(parser: Parser, arguments: Sequence[str], console: Console) -> None:
    _common(parser)
    given = parser.parse_args(arguments)
    done = _reach(given, "GET", "/admin/agents", None, lambda desk: desk.agents())
    console.show(_table(done["agents"], console), done)


def _table(agents: Sequence[dict[str, Any]], console: Console) -> str:
    head = (
        ("登录名", "名字", "角色", "接待", "状态", "队列")
        if console.language == "zh"
        else ("login", "name", "role", "at once", "state", "queues")
    )
    rows = [head]
    for agent in agents:
        state = console.text("正常", "active") if agent["joined"] else console.text("未设密码", "invited")
        state = console.text("已停用", "disabled") if agent["disabled"] else state
        skills = ",".join(agent["skills"]) or console.text("全部", "all")
        rows.append((agent["login"], agent["name"], agent["role"], str(agent["capacity"]), state, skills))
    return "\n".join(aligned(rows))


def _passwd(parser: Parser, arguments: Sequence[str], console: Console) -> None:
    _common(parser)
    parser.word("who", "登录名", "his login", metavar="login")
    given = parser.parse_args(arguments)
    password = read_password(console)
    done = _reach(
        given,
        "POST",
        f"/admin/agents/{quote(given.who, safe='')}/password",
        {"password": password},
        lambda desk: desk.password(given.who, password),
    )
    console.show(
        console.text(
            f"{given.who} 的密码已更改，其他登录已失效。",
            f"The password of {given.who} is set; he is signed out elsewhere.",
        ),
        done,
    )


def read_password(console: Console) -> str:
    """Return the new password: typed twice at a terminal without echo, else the first line of stdin."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass(console.text("新密码：", "New password: "))
    if getpass.getpass(console.text("再输一次：", "Once more: ")) != first:
        raise Refused("invalid", Text("两次输入不一样。", "The two are not the same."))
    return first


def _changing(change: AgentChange, zh: str, en: str) -> Callable[[Parser, Sequence[str], Console], None]:
    """Return the subcommand that makes one fixed change to an agent."""

    def handler(parser: Parser, arguments: Sequence[str], console: Console) -> None:
        _common(parser)
        parser.word("who", "登录名", "his login", metavar="login")
        given = parser.parse_args(arguments)
        path = f"/admin/agents/{quote(given.who, safe='')}"
        done = _reach(given, "PATCH", path, change, lambda desk: desk.change(given.who, change))
        console.show(console.text(zh, en).format(who=given.who, link=done["invite"]), done)

    return handler


def _converted(raw: dict[str, Any], shape: type[NewAgent]) -> NewAgent:
    try:
        return msgspec.convert(raw, shape)
    except msgspec.ValidationError as wrong:
        raise UsageError(Text(f"参数不对：{wrong}。", f"An argument is wrong: {wrong}.")) from wrong


_HANDLERS: dict[str, Callable[[Parser, Sequence[str], Console], None]] = {
    "add": _add,
    "list": _list,
    "passwd": _passwd,
    "invite": _changing(
        AgentChange(reset=True),
        "{who} 的密码已作废。新的一次性链接：\n  {link}",
        "The password of {who} is gone. The new one-time link:\n  {link}",
    ),
    "disable": _changing(AgentChange(disabled=True), "{who} 已停用。", "{who} is disabled."),
    "enable": _changing(AgentChange(disabled=False), "{who} 已启用。", "{who} is enabled."),
}
