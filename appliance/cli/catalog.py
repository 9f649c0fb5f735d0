"""The commands of `kefu`, by name.  Each is loaded only when it is used, so `kefu --help` is quick and never fails.

A command is a function `command(arguments, console) -> int` in a file of its own; it returns the exit code.  To add one,
write the file and add its row here; commands of tools/ are named the same way.
"""

from typing import NamedTuple

from appliance.errors import Text


class Row(NamedTuple):
    """One command: its name, where it is, what it does."""

    name: str
    target: str
    summary: Text


COMMANDS: tuple[Row, ...] = (
    Row("run", "appliance.cli.run:command", Text("启动", "start the appliance")),
    Row(
        "check",
        "appliance.cli.check:command",
        Text("检查配置文件，列出所有问题", "check kefu.yaml and show every problem"),
    ),
    Row(
        "plan",
        "appliance.cli.plan:command",
        Text("看看应用配置会改变什么", "show what applying the file would change"),
    ),
    Row(
        "apply",
        "appliance.cli.apply:command",
        Text(
            "检查、测试、生效；可限时自动退回", "check, test, go live; goes back by itself unless confirmed"
        ),
    ),
    Row("confirm", "appliance.cli.apply:confirm", Text("确认刚应用的配置", "keep what was applied")),
    Row(
        "rollback",
        "appliance.cli.history:rollback",
        Text("退回以前的配置", "go back to an earlier configuration"),
    ),
    Row(
        "history",
        "appliance.cli.history:command",
        Text("列出用过的配置", "list the configurations that were live"),
    ),
    Row(
        "reload",
        "appliance.cli.apply:reload",
        Text("重读配置文件", "have the running kefu read its file again"),
    ),
    Row(
        "migrate",
        "appliance.cli.history:migrate",
        Text("把进行中的会话换到当前流程", "move open conversations to the live flow"),
    ),
    Row("test", "appliance.cli.trials:command", Text("运行配置文件里的测试", "run the tests of kefu.yaml")),
    Row(
        "explain",
        "appliance.cli.explain:command",
        Text("说明一个状态：每个事件做什么", "explain a state: what each event does there"),
    ),
    Row("graph", "tools.graph.command:command", Text("把流程画成图", "draw the flow")),
    Row(
        "topology",
        "tools.topology.command:command",
        Text("画出部署拓扑，可对照运行中的 kefu", "draw the installation, also beside the running kefu"),
    ),
    Row(
        "dashboards",
        "tools.dashboards.command:command",
        Text("写出 Grafana 面板和 Prometheus 告警", "write dashboards for Grafana, alerts for Prometheus"),
    ),
    Row(
        "agent",
        "appliance.cli.agent:command",
        Text("管理成员：添加、列出、设密码、停用", "manage staff: add, list, passwd, disable ..."),
    ),
    Row("status", "appliance.cli.status:command", Text("看看运行得怎么样", "show how the running kefu is")),
    Row(
        "overload",
        "appliance.cli.overload:command",
        Text("负载与降级：查看、指定、演练", "load and degradation: show, hold a tier, rehearse"),
    ),
    Row(
        "profile",
        "appliance.cli.profile:command",
        Text("看它把时间和内存花在哪里", "capture where its time and memory go"),
    ),
    Row(
        "loadtest",
        "tools.loadtest.command:command",
        Text("压测，写出报告", "put a kefu under load and report what it did"),
    ),
    Row(
        "demo",
        "tools.loadtest.demo:command",
        Text("模拟一家热闹的店，看看工作台", "a simulated busy shop, to see the console alive"),
    ),
    Row(
        "claims",
        "tools.claims.command:command",
        Text(
            "参照系统的说法，在这台机器上逐条实测", "the reference system's claims, measured on this machine"
        ),
    ),
    Row("version", "appliance.cli.version:command", Text("显示版本", "show versions")),
)
