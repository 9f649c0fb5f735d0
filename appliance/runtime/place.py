"""Whether the appliance can run *here*: its port, its data directory, its secrets, the files it may open.

These checks look at the machine, so they come last and can be left out (`kefu check --offline`).  They change nothing:
no directory is made, no port stays bound.  What a running appliance on the same data holds itself is not held against it.
"""

import os
import resource
import socket
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from appliance.config.diagnostics import NOWHERE, Diagnostic, Span
from appliance.config.spec import Secret, Spec
from appliance.errors import Text

_OWN_FILES = 96
"""Files the process itself needs: libraries, the store, the event loop, HTTP requests and admin commands in hand."""


class Environment(Struct, frozen=True):
    """The place: `data` is the data directory, `files` how many files a process may open at most.

    `host` and `port` replace those of kefu.yaml; `running` says that an appliance runs on this data already.
    """

    data: Path
    variables: Mapping[str, str]
    files: int
    host: str | None = None
    port: int | None = None
    running: bool = False


def this_place(
    data: Path, host: str | None = None, port: int | None = None, running: bool = False
) -> Environment:
    """Return the environment of this process on this machine."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = most if most != resource.RLIM_INFINITY else 1 << 30
    return Environment(data, dict(os.environ), files, host, port, running)


def check_place(spec: Spec, here: Environment) -> list[Diagnostic]:
    """Return what would keep `spec` from running at `here`, and warnings about what would become tight."""
    found = list(_secrets(spec, here))
    if not here.running:
        found += [*_data(here), *_port(spec, here), *_admin_port(spec)]
    return [*found, *_files(spec, here)]


def _secrets(spec: Spec, here: Environment) -> Iterator[Diagnostic]:
    secret = spec.site.identity_secret
    if secret is None:
        return
    missing = _unset(secret, here)
    if missing is not None:
        yield Diagnostic("K603", "error", "$.site.identity_secret", secret.at, missing, _SET_SECRET)


_SET_SECRET = Text("启动前设好它，不要留空", "set it before starting, and not to nothing")


def _unset(secret: Secret, here: Environment) -> Text | None:
    if secret.kind == "env":
        if here.variables.get(secret.where, "").strip():
            return None
        return Text(f"环境变量 {secret.where} 没有设", f"the environment variable {secret.where} is not set")
    try:
        with open(secret.where, encoding="utf-8") as file:
            filled = bool(file.read(4096).strip())
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "not text"
        return Text(f"文件 {secret.where} 读不了：{why}", f"the file {secret.where} cannot be read: {why}")
    return None if filled else Text(f"文件 {secret.where} 是空的", f"the file {secret.where} is empty")


def _data(here: Environment) -> Iterator[Diagnostic]:
    existing = here.data
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    why = _unnameable(here.data) or _unwritable(existing, is_data=existing == here.data)
    if why:
        yield Diagnostic(
            "K602",
            "error",
            "$",
            NOWHERE,
            Text(
                f"数据目录 {here.data} 不能写：{why}",
                f"the data directory {here.data} cannot be written: {why}",
            ),
            Text(
                "检查它的所有者和权限，或用 --data 换一个",
                "check its owner and mode, or choose another with --data",
            ),
        )


def _unnameable(directory: Path) -> str:
    try:
        str(directory).encode()
    except UnicodeEncodeError:
        return "its name is not UTF-8, as the database requires"
    return ""


def _unwritable(directory: Path, is_data: bool) -> str:
    """Return why nothing can be written into `directory`, "" when it can."""
    if not directory.is_dir():
        return f"{directory} is not a directory"
    if not is_data:
        return "" if os.access(directory, os.W_OK | os.X_OK) else f"permission denied in {directory}"
    try:
        with tempfile.TemporaryFile(dir=directory) as file:
            file.write(b"\0" * 4096)
            file.flush()
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _admin_port(spec: Spec) -> Iterator[Diagnostic]:
    """Judge the address of the admin routes that the file names; the default moves out of the way by itself."""
    admin = spec.listen.admin
    if not admin.on or admin.port is None:
        return
    why = _taken(admin.host, admin.port)
    if why:
        yield Diagnostic(
            "K601",
            "error",
            "$.listen.admin",
            spec.listen.at,
            Text(f"管理接口 {admin} 用不了：{why}", f"cannot listen on {admin} for the admin routes: {why}"),
            Text("换一个端口，或写 admin: off", "take another port, or write admin: off"),
        )


def _port(spec: Spec, here: Environment) -> Iterator[Diagnostic]:
    host = here.host if here.host is not None else spec.listen.host
    port = here.port if here.port is not None else spec.listen.port
    why = _taken(host, port)
    if why:
        at: Span = spec.listen.at
        yield Diagnostic(
            "K601",
            "error",
            "$.listen",
            at,
            Text(f"{host}:{port} 用不了：{why}", f"cannot listen on {host}:{port}: {why}"),
            Text("停掉占用它的程序，或用 --port 换一个", "stop what uses it, or choose another with --port"),
        )


def _taken(host: str, port: int) -> str:
    """Return why one cannot listen there, "" when one can."""
    try:
        address = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        with socket.socket(address[0], socket.SOCK_STREAM) as probe:
            # As the server does: a port is free although old connections of it have not timed out yet.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address[4])
            probe.listen(1)
    except (OSError, UnicodeError) as error:
        # A name that is too long for the name service is no OSError but one of its encoding.
        return getattr(error, "strerror", None) or str(error)
    return ""


def _files(spec: Spec, here: Environment) -> Iterator[Diagnostic]:
    connections = spec.limits.connections
    needed = connections + spec.pools.db + _OWN_FILES
    if needed > here.files:
        room = here.files - (needed - connections)
        yield Diagnostic(
            "K604",
            "warning",
            "$.limits.connections",
            spec.limits.at,
            Text(
                f"这台机器一个进程最多打开 {here.files} 个文件，装不下 {connections} 个连接",
                f"a process may open {here.files} files here, too few for {connections} connections",
            ),
            Text(
                f"把 connections 降到 {max(room, 1)}，或调高 ulimit -n",
                f"lower connections to {max(room, 1)}, or raise ulimit -n",
            ),
        )
