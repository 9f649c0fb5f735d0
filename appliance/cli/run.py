"""`kefu run`: check, start, say where everything is, serve, and go out in order when told to.

Whatever stands in the way of a start is one sentence with its remedy, before anything has been changed.
"""

import asyncio
import os
import resource
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from appliance.cli.admin import ask
from appliance.cli.console import FINDING, FINE, Console, UsageError, read_bytes
from appliance.cli.logs import FORMATS, configure_log
from appliance.cli.options import config_option, data_option
from appliance.cli.serving import Place, serve
from appliance.cli.strays import catch_strays, tell_stray
from appliance.errors import StartError, Text
from appliance.history import Config
from appliance.http.admin_door import bind_admin_port
from appliance.http.door import bind
from appliance.runtime.check import Checked, check_bytes
from appliance.runtime.lastgood import TAKEN_BACK, Chosen, banner, choose
from appliance.runtime.place import Environment, this_place
from appliance.runtime.secrets import load_secrets, load_token
from appliance.stores.lock import acquire
from appliance.stores.sqlite_configs import read_configs
from appliance.stores.sqlite_file import DATABASE

LEVELS = ("debug", "info", "warning", "error")


def command(arguments: Sequence[str], console: Console) -> int:
    """Run until SIGTERM or SIGINT; 1 when it cannot start."""
    parser = console.parser("run", Text("启动。", "Start the appliance."))
    config_option(parser)
    data_option(parser)
    parser.flag(
        "--host",
        metavar="HOST",
        zh="监听地址（默认见配置 listen）",
        en="listen on this address (default: see listen in the file)",
    )
    parser.flag(
        "--port", metavar="PORT", type=int, zh="端口（0：任选一个空闲的）", en="the port (0: any free one)"
    )
    parser.flag(
        "--log",
        choices=LEVELS,
        default="info",
        zh="日志级别，写到 stderr",
        en="how much to log, to stderr (default: info)",
    )
    parser.flag(
        "--log-format",
        choices=FORMATS,
        zh="日志格式（默认：终端上 console，否则 json）",
        en="how to log (default: console on a terminal, json elsewhere)",
    )
    parser.flag(
        "--strict",
        action="store_true",
        zh="配置有错就不启动，不用以前的配置顶上",
        en="refuse to start on a broken file instead of running the last good one",
    )
    parser.flag(
        "--watch",
        action="store_true",
        zh="配置文件一保存就自动应用",
        en="apply the file by itself whenever it is saved",
    )
    given = parser.parse_args(arguments)
    if given.port is not None and not 0 <= given.port < 65_536:
        raise UsageError(
            Text(f"没有端口 {given.port}。", f"There is no port {given.port}."),
            Text("端口是 0 到 65535。", "Ports are 0 to 65535."),
        )
    if not given.data:
        # An empty variable in a script would otherwise fill the current directory.
        raise UsageError(
            Text("--data 后面是空的。", "--data names nothing."),
            Text("写上数据目录，例如 --data data。", "Name the directory, for example: --data data"),
        )
    started = time.monotonic()
    body, data = read_bytes(given.config), Path(given.data)
    refuse_second(data)
    here = this_place(data, given.host, given.port)
    checked = check_bytes(body, os.path.relpath(given.config), environment=here)
    if len(checked.diagnostics):
        console.note(checked.diagnostics.render(console.language).rstrip("\n"))
    chosen = chosen_for(checked, body, given.config, data, here, given.strict)
    if chosen is None:
        if checked.passed:
            console.note(f"{given.config}: {TAKEN_BACK.say(console.language)}")
        console.note(console.text("kefu：没有启动。", "kefu: not started."))
        return FINDING
    if chosen.instead is not None:
        console.note("\n" + banner(chosen, given.config)[console.language] + "\n")
    spec = chosen.checked.spec
    assert spec is not None  # noqa: S101  # only what passed its check is chosen; this tells the type checker
    configure_log(given.log, given.log_format)
    catch_strays()
    open_many_files()
    host = given.host if given.host is not None else spec.listen.host
    port = given.port if given.port is not None else spec.listen.port
    keys, token = load_secrets(data), load_token(data)
    with ExitStack() as stack:
        sock = stack.enter_context(bind(host, port))
        admin = bind_admin_port(spec.listen.admin, port)
        if admin is not None:
            stack.enter_context(admin)
        place = Place(given.config, data, host, sock, keys, started, admin, token)
        run_loop(serve(chosen, place, console, given.watch))
    return FINE


def chosen_for(
    checked: Checked, body: bytes, config: str, data: Path, here: Environment, strict: bool
) -> Chosen | None:
    """Return what to run: the file, or what was good before where the file is broken or was taken back.

    With `strict` it is the file or nothing.
    """
    # The text as `kefu apply` sends it: a byte order mark is no part of it.
    text, file = body.decode("utf-8-sig", errors="replace"), os.path.abspath(config)
    configs: list[Config] = []
    if (data / DATABASE).exists():
        with acquire(data):
            configs = read_configs(data)

    def check(former: str, name: str) -> Checked:
        return check_bytes(former.encode(), name, environment=here)

    chosen = choose(checked, text, file, configs, check)
    return None if strict and chosen is not None and chosen.instead is not None else chosen


def refuse_second(data: Path) -> None:
    """Raise StartError when a kefu runs on this data already: said before its port is found to be taken."""
    status = ask(data, "GET", "/admin/status")
    if status is not None:
        pid, url = status.get("pid", "?"), status.get("url", "")
        raise StartError(
            Text(
                f"数据目录 {data} 上已有一个 kefu 在运行（PID {pid}，{url}）。",
                f"A kefu runs on {data} already (pid {pid}, {url}).",
            ),
            Text(
                f"先停掉它：kill {pid}；或用 --data 指定另一个目录。",
                f"Stop it first (kill {pid}), or name another directory with --data.",
            ),
        )


def open_many_files() -> None:
    """Raise the soft limit of open files to the hard one, which `check` has looked at: every page is a file."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def run_loop(work: Coroutine[Any, Any, None]) -> None:
    """Run the coroutine on uvloop where it is installed, else on asyncio's own loop."""
    with asyncio.Runner(loop_factory=fast_loop()) as runner:
        runner.get_loop().set_exception_handler(tell_stray)
        runner.run(work)


def fast_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return what makes uvloop's loops, None where it is not installed."""
    try:
        from uvloop import new_event_loop
    except ImportError:
        return None
    return new_event_loop
