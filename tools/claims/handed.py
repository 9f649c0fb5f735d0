"""What is handed over with kefu, made just now: a start from nothing, the load-test report, the topology, a profile.

The topology is drawn by the command that an operator calls; the profile is taken from a running appliance.
"""

import asyncio
import http
import sys
from importlib.util import find_spec
from pathlib import Path

import appliance
from appliance.errors import KefuError, Text
from tools.claims.findings import Begin, Findings
from tools.claims.house import House, shop
from tools.loadtest.report import html
from tools.loadtest.serving import REPOSITORY, Serving, clean_environment

TOPOLOGY = "tools.topology.command"
PROFILE = "/debug/pprof/profile?seconds=1&format=collapsed"
DRAWN_WITHIN = 20.0


class NotHandedOver(KefuError):
    """This version does not have it, or it did not work."""


def one_file() -> bool:
    """Return whether the program runs from one file: then its parts are no files of their own."""
    return not Path(appliance.__file__).exists()


async def handed(house: House, found: Findings) -> None:
    """Start from nothing; take a profile; draw the topology; write the report of the load that was."""
    found.report_bytes = report_bytes(found)
    async with house.appliance(shop()) as serving:
        found.begin = Begin(1, serving.ready_after, one_file())
        stacks = await profiled(serving)
        if stacks is None:
            found.missing["profile_bytes"] = Text(
                "这个版本没有剖析面板", "this version has no profiling panel"
            )
        else:
            found.profile_bytes = len(stacks)
    await topology(house.folder, found)


async def profiled(serving: Serving) -> str | None:
    """Return the stacks of a CPU profile of the appliance while it is asked for pages; None where it takes none."""
    async with asyncio.TaskGroup() as tasks:
        taking = tasks.create_task(asyncio.to_thread(serving.admin, "GET", PROFILE))
        while not taking.done():
            # An idle appliance has nothing to be seen in its profile.
            await asyncio.to_thread(serving.ask, "GET", "/readyz")
    status, told, _ = taking.result()
    return str(told) if status == http.HTTPStatus.OK else None


def report_bytes(found: Findings) -> int | None:
    """Return how large the report of the load is, None when there was no load."""
    results = found.connect
    if results is None:
        found.missing["report_bytes"] = Text("没有压测结果可写", "there was no load to report on")
        return None
    return len(html(results).encode())


async def topology(folder: Path, found: Findings) -> None:
    """Draw the topology of the shop with the command that an operator uses."""
    if not _there(TOPOLOGY):
        found.missing["topology_bytes"] = Text(
            "这个版本没有 kefu topology", "this version has no kefu topology"
        )
        return
    config, drawn = folder / "topology.yaml", folder / "topology.svg"
    config.write_text(shop(), encoding="utf-8")
    command = [sys.executable, "-m", "appliance", "topology", "-c", str(config), "-o", str(drawn)]
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        cwd=REPOSITORY,
        env=clean_environment(),
        process_group=0,
    )
    try:
        async with asyncio.timeout(DRAWN_WITHIN):
            _, said = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode or not drawn.exists():
        last = (said.decode(errors="replace").strip().splitlines() or ["?"])[-1]
        raise NotHandedOver(
            Text(f"kefu topology 没有画成：{last}", f"kefu topology drew nothing: {last}"), Text("", "")
        )
    found.topology_bytes = drawn.stat().st_size


def _there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
