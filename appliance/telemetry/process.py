"""What this process may use, and uses, as the kernel tells it: memory, files, the time of a thread."""

import os
import resource
from pathlib import Path

_CGROUPS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
PAGE = os.sysconf("SC_PAGE_SIZE")


def resident_bytes(process: int | str = "self") -> int:
    """Return the memory of a process (RSS) in bytes; raises OSError when it is gone."""
    return int(Path(f"/proc/{process}/statm").read_bytes().split()[1]) * PAGE


def memory_limit(cgroups: tuple[Path, ...] = _CGROUPS) -> int:
    """Return how many bytes there are for this process: those of the machine, fewer where a container says so."""
    machine = os.sysconf("SC_PHYS_PAGES") * PAGE
    for path in cgroups:
        try:
            written = path.read_text(encoding="ascii").strip()
        except OSError:
            continue
        # "max" is the cgroup's word for no limit of its own.
        if written.isdecimal():
            return min(machine, int(written))
    return machine


def open_files() -> int:
    """Return how many files are open.  It reads a directory: of thousands of files that takes milliseconds."""
    return len(os.listdir("/proc/self/fd"))


def file_limit() -> int:
    """Return how many files may be open at once."""
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]
