"""Whom a process talks to, as the kernel tells it: every socket of the process whose other end is not this machine.

Loopback has tens of thousands of rows in a load test, so they are thrown away by a pattern before anything is parsed.  A datagram
socket counts wherever it points: kefu asks no name server and needs none.
"""

import asyncio
import contextlib
import os
import re
import struct
import time
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

from tools.claims.findings import Peers

EVERY = 0.5
TCP, UDP = ("tcp", "tcp6"), ("udp", "udp6")
_ROW = re.compile(
    rb"^ *\d+: [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]+):([0-9A-F]{4}) [0-9A-F]{2}(?: +\S+){5} +(\d+)", re.MULTILINE
)
_HERE = re.compile(
    rb"^ *\d+: [0-9A-F]+:[0-9A-F]{4} "
    rb"(?:[0-9A-F]{6}7F|0{8}|0{32}|0{24}01000000|0{16}FFFF0000[0-9A-F]{6}7F):.*\n",
    re.MULTILINE,
)


def outside(tables: dict[str, bytes], inodes: set[int]) -> set[str]:
    """Return the far ends ("192.0.2.7:443", "udp") of the sockets with these inodes; `tables` are /proc/PID/net/* by name."""
    found = set()
    for inode, shown in _candidates(tables):
        if inode in inodes:
            found.add(shown)
    return found


def _candidates(tables: dict[str, bytes]) -> list[tuple[int, str]]:
    rows = []
    for name, text in tables.items():
        kept = text if name in UDP else _HERE.sub(b"", text)
        for address, port, inode in _ROW.findall(kept):
            far = _shown(address.decode(), int(port, 16))
            rows.append((int(inode), f"udp {far}" if name in UDP else far))
    return rows


def _shown(address: str, port: int) -> str:
    """Return an address of /proc/net, whose words stand in the order of the machine (little-endian)."""
    words = struct.pack(
        f"<{len(address) // 8}I", *(int(address[n : n + 8], 16) for n in range(0, len(address), 8))
    )
    if len(words) == 4:
        return f"{IPv4Address(words)}:{port}"
    return f"[{IPv6Address(words)}]:{port}"


def sockets_of(pid: int) -> set[int]:
    """Return the inodes of all sockets that a process has open; raises OSError when it is gone."""
    found = set()
    for number in os.listdir(f"/proc/{pid}/fd"):
        with contextlib.suppress(OSError):
            target = os.readlink(f"/proc/{pid}/fd/{number}")
            if target.startswith("socket:["):
                found.add(int(target[8:-1]))
    return found


class Sentry:
    """Looks at the sockets of whichever appliance runs, until cancelled."""

    def __init__(self) -> None:
        self.looks = 0
        self.seconds = 0.0
        self._outside: set[str] = set()
        self._pids: set[int] = set()

    def watch(self, pid: int) -> None:
        """Look at this process, too, from now on."""
        self._pids.add(pid)

    def leave(self, pid: int) -> None:
        """Look at it no longer."""
        self._pids.discard(pid)

    async def keep(self) -> None:
        """Look again and again."""
        while True:
            before = time.monotonic()
            watched = set(self._pids)
            for pid in watched:
                with contextlib.suppress(OSError):
                    self.look(pid)
            await asyncio.sleep(EVERY)
            if watched & self._pids:
                self.seconds += time.monotonic() - before

    def look(self, pid: int) -> None:
        """Look once; raises OSError when the process is gone."""
        tables = {
            name: Path(f"/proc/{pid}/net/{name}").read_bytes() for name in (*TCP, *UDP) if _there(pid, name)
        }
        # Nearly always there is nobody to ask for, and reading 19,000 links takes its time.
        if _candidates(tables):
            self._outside |= outside(tables, sockets_of(pid))
        self.looks += 1

    def peers(self) -> Peers | None:
        """Return what was seen; None when nobody was looked at."""
        return Peers(self.looks, round(self.seconds, 1), sorted(self._outside)) if self.looks else None


def _there(pid: int, name: str) -> bool:
    return Path(f"/proc/{pid}/net/{name}").exists()
