"""The appliance that is put under load: one of our own on fresh data, or one that runs already.

Ours runs the operator's kefu.yaml with three changes, so that a load test means the same at any hour: it is open round the clock,
its limits for one visitor are as generous as they can be, and as many as the scenario wants may be connected.  JSON is YAML: the changed tree is written
as JSON, so that nothing has to be patched by hand.
"""

import contextlib
import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from appliance.cli.console import UsageError
from appliance.config.diagnostics import Diagnostics
from appliance.config.nodes import plain
from appliance.config.source import decode, parse
from appliance.errors import ConfigError, KefuError, Text
from appliance.runtime.check import check_bytes
from tools.loadtest.hiring import Office
from tools.loadtest.loopback import Door
from tools.loadtest.scenario import MOST_HELD
from tools.loadtest.serving import RUN, Serving

MESSAGES_PER_MINUTE = 6_000
ROOM = 100
STRANGE_CONFIG = Text("用 kefu check 查看全部问题。", "See every problem with kefu check.")


class Stage(Struct):
    """Where the load goes.  `pid` is None where the process cannot be seen; `data` is what may be read afterwards.

    `config` is the text that runs, as the operator wrote it; b"" where it is not known.  `office` is None where nobody can be
    asked how it stands.
    """

    door: Door
    cookies: list[str]
    pid: int | None
    config: bytes
    own: Serving | None = None
    office: Office | None = None

    def stopped(self) -> Path | None:
        """Stop our own appliance in order and return its data; None for one that is not ours."""
        if self.own is None:
            return None
        self.own.stop()
        return self.own.data


def roomy(text: str, visitors: int, store_rate: int = 0) -> str:
    """Return a kefu.yaml open round the clock, with generous limits and room for so many visitors; raises ConfigError.

    `store_rate` is what its store may take in a second, 0: what it can.
    """
    root = parse(text, Diagnostics("kefu.yaml", text))
    if root is None:
        raise ConfigError(Text("配置文件读不懂。", "The configuration cannot be read."), STRANGE_CONFIG)
    tree: dict[str, Any] = plain(root)
    tree.pop("tests", None)
    if "hours" in tree:
        tree["hours"] = {"mon-sun": "00:00-24:00"}
    for queue in (tree.get("queues") or {}).values():
        if isinstance(queue, dict):
            queue.pop("hours", None)
    # VIPs of a load are signed with the secret that the fresh data has.
    tree["site"] = {
        name: value for name, value in (tree.get("site") or {}).items() if name != "identity_secret"
    }
    generous = {"messages_per_minute": MESSAGES_PER_MINUTE, "connections": visitors + ROOM}
    tree["limits"] = {**(tree.get("limits") or {}), **generous}
    if store_rate:
        tree["storage"] = {**(tree.get("storage") or {}), "rate": store_rate}
    return json.dumps(tree, ensure_ascii=False, indent=1) + "\n"


@contextlib.contextmanager
def own_stage(
    config: bytes, file: str, visitors: int, agents: int, entry: Sequence[str] = RUN, store_rate: int = 0
) -> Iterator[Stage]:
    """Start an appliance on fresh data with `agents` hired; it is gone afterwards.  Raises ConfigError, StartError."""
    checked = check_bytes(config, file, environment=None)
    if checked.spec is None or checked.graph is None:
        first = next(iter(checked.diagnostics), None)
        shown = Text("有错误", "it has errors") if first is None else first.message
        raise ConfigError(
            Text(f"{file} 不能运行：{shown.zh}。", f"{file} cannot be run: {shown.en}."), STRANGE_CONFIG
        )
    text, _ = decode(config, file)
    with (
        tempfile.TemporaryDirectory(prefix="kefu-loadtest-") as folder,
        Serving(Path(folder), roomy(text, visitors, store_rate), entry) as serving,
    ):
        cookies = [serving.hire(login, 500) for login in _logins(agents)]
        yield Stage(
            Door(serving.host, serving.port, here=True), cookies, serving.pid, config, serving, serving
        )


@contextlib.contextmanager
def running_stage(door: Door, data: Path | None, agents: int, url: str) -> Iterator[Stage]:
    """Use the appliance that runs behind `door`; its agents are hired through `data`, and disabled afterwards."""
    if data is None:
        if agents:
            raise UsageError(
                Text(
                    f"要在 {url} 上添加客服，需要它的数据目录。",
                    f"Hiring agents at {url} takes its data directory.",
                ),
                Text(
                    "加 --data DIR；或用不需要客服的 connect 场景。",
                    "Add --data DIR, or run the scenario connect, which needs none.",
                ),
            )
        yield Stage(door, [], None, b"")
        return
    office = Office(door.host, door.port, data)
    status = office.status()
    hired: list[str] = []
    try:
        cookies = []
        for login in _logins(agents):
            hired.append(login)
            cookies.append(office.engage(login, MOST_HELD))
        yield Stage(door, cookies, int(status["pid"]), _read(str(status.get("config", ""))), None, office)
    finally:
        for login in hired:
            # One that cannot be dismissed must not keep the others in service.
            with contextlib.suppress(KefuError, OSError):
                office.dismiss(login)


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError:
        return b""


def _logins(count: int) -> list[str]:
    """Return logins that no person has; the next load test uses them again."""
    return [f"loadtest-{number + 1}" for number in range(count)]
