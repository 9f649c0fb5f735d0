"""Whom a load may be aimed at: this machine, unless somebody says that the other one is his.

A name is resolved once, here, and only the address that was looked at is connected to: what a name means later does not
matter.
"""

import ipaddress
import resource
import socket
from urllib.parse import urlsplit

from msgspec import Struct

from appliance.cli.console import UsageError
from appliance.errors import Text

SPARE_FILES = 500
"""What a process needs beside its connections: the store, libraries, pipes, whoever asks meanwhile."""


class Door(Struct, frozen=True):
    """Where the appliance is: the address that is connected to, and whether it is this machine."""

    host: str
    port: int
    here: bool


def door(url: str, own_host: bool = False) -> Door:
    """Return where `url` leads; raises UsageError where it is no address or leads to another machine."""
    try:
        parts = urlsplit(url if "//" in url else f"http://{url}")
        host, port = parts.hostname, parts.port or 80
    except ValueError as wrong:
        raise _no_address(url) from wrong
    if parts.scheme not in ("http", "ws") or not host:
        raise _no_address(url)
    addresses = _resolved(host, port)
    strange = [address for address in addresses if not is_loopback(address)]
    if strange and not own_host:
        raise UsageError(
            Text(
                f"{url} 指向 {strange[0]}，不是本机回环地址；压测会压垮一台机器，所以默认只对本机。",
                f"{url} leads to {strange[0]}, which is not loopback; a load test can bring a machine down, so it is for this one only.",
            ),
            Text(
                "如果那台机器归你管，加 --i-own-this-host；否则用 http://127.0.0.1:端口。",
                "If that machine is yours, add --i-own-this-host; else use http://127.0.0.1:PORT.",
            ),
        )
    return Door(addresses[0], port, not strange)


def is_loopback(address: str) -> bool:
    """Return whether an IP address is loopback; 0.0.0.0 and :: are not: they mean any interface."""
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (mapped or found).is_loopback


def _resolved(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as unknown:
        raise UsageError(
            Text(f"找不到主机 {host}：{unknown}。", f"The host {host} is not known: {unknown}."),
            Text("检查 --url，或直接写 127.0.0.1。", "Check --url, or write 127.0.0.1."),
        ) from unknown
    # IPv4 first: kefu listens on 127.0.0.1 by default, and "localhost" often means ::1 first.
    ordered = sorted(found, key=lambda each: each[0] != socket.AF_INET)
    return list(dict.fromkeys(str(each[4][0]) for each in ordered))


def _no_address(url: str) -> UsageError:
    return UsageError(
        Text(f"{url} 不是 kefu 的地址。", f"{url} is no address of a kefu."),
        Text(
            "要像 http://127.0.0.1:8080 这样，不支持 https。",
            "It looks like http://127.0.0.1:8080; https is not supported.",
        ),
    )


def room_for(connections: int, processes: int, server_too: bool) -> int:
    """Return how many processes are needed for so many connections; raises UsageError where too few files may be open.

    The soft limit counts for nothing: every process raises it to the hard one.  `server_too`: the appliance is one process
    of this machine, which holds all of them.
    """
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most == resource.RLIM_INFINITY:
        return processes
    room = most - SPARE_FILES
    if server_too and connections > room:
        raise UsageError(
            Text(
                f"{connections} 个连接超过一个进程能打开的文件数（{most}）。",
                f"{connections} connections are more than the files one process may open ({most}).",
            ),
            Text(
                f"先运行 ulimit -n {connections + SPARE_FILES}（systemd：LimitNOFILE），或用 --visitors {max(1, room)}。",
                f"Run ulimit -n {connections + SPARE_FILES} first (systemd: LimitNOFILE), or use --visitors {max(1, room)}.",
            ),
        )
    return max(processes, -(-connections // max(1, room)))


def open_many_files() -> int:
    """Raise the soft limit of open files to the hard one and return it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most
