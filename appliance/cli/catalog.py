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
        "agent",
        "appliance.cli.agent:command",
        Text("管理成员：添加、列出、设密码、停用", "manage staff: add, list, passwd, disable ..."),
    ),
    Row("version", "appliance.cli.version:command", Text("显示版本", "show versions")),
)
