"""What the machine tells of processes: their share of the processor, memory, files, and what sockets hold in the kernel."""

import importlib.metadata
import os
import platform
import resource
import sys
import time
from pathlib import Path

import appliance
from appliance.telemetry.process import PAGE, resident_bytes
from tools.loadtest.results import Environment, Resource

PACKAGES = ("aiohttp", "msgspec", "apsw", "uvloop", "hdrhistogram")
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process has used, in user and kernel mode; raises OSError when it is gone."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def rss_bytes(pid: int) -> int:
    """Return the memory of a process; raises OSError when it is gone."""
    return resident_bytes(pid)


def files_of(pid: int) -> int:
    """Return how many files a process has open; 0 when that may not be seen."""
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except PermissionError:
        return 0


def kernel_bytes() -> int | None:
    """Return what all TCP sockets of the machine hold in the kernel, None where it cannot be read."""
    try:
        lines = Path("/proc/net/sockstat").read_text().splitlines()
    except OSError:
        return None
    found = next((line.split()[-1] for line in lines if line.startswith("TCP:")), None)
    return None if found is None else int(found) * PAGE


class Watch:
    """Samples processes by name; a process that has gone is left out from then on."""

    def __init__(self, pids: dict[str, int]) -> None:
        self._pids = dict(pids)
        self._before: dict[str, tuple[float, float]] = {}
        for name in list(self._pids):
            self._look(name)

    def _look(self, name: str) -> float | None:
        """Return the share of one core since the last look, None when the process is gone."""
        try:
            now, used = time.perf_counter(), cpu_seconds(self._pids[name])
        except OSError:
            del self._pids[name]
            return None
        then, before = self._before.get(name, (now, used))
        self._before[name] = (now, used)
        return (used - before) / (now - then) if now > then else 0.0

    def sample(self, at_s: float) -> list[Resource]:
        """Return one sample of each process that is there."""
        found = []
        kernel = kernel_bytes()
        for name, pid in list(self._pids.items()):
            cpu = self._look(name)
            try:
                if cpu is not None:
                    found.append(Resource(at_s, name, cpu, rss_bytes(pid), files_of(pid), kernel))
            except OSError:
                self._pids.pop(name, None)
        return found


def environment(store: str, same_machine: bool) -> Environment:
    """Return what this machine is."""
    _, files = resource.getrlimit(resource.RLIMIT_NOFILE)
    return Environment(
        kefu=appliance.__version__,
        python=sys.version.split()[0],
        system=f"{platform.system()} {platform.release()}",
        processor=_processor(),
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        memory_bytes=os.sysconf("SC_PHYS_PAGES") * PAGE,
        files_a_process=files,
        store=store,
        same_machine=same_machine,
        packages={name: importlib.metadata.version(name) for name in PACKAGES if _installed(name)},
    )


def _installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())
