"""The running appliance behind its doors: who is built around whom, and the order in which all go out again."""

import asyncio
import logging
import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web
from msgspec import Struct

from appliance import __version__
from appliance.channels.longpoll import LongPollChannel
from appliance.channels.websocket import WebSocketChannel
from appliance.cli.admin import shown_url
from appliance.cli.console import Console
from appliance.cli.counts import counts_of
from appliance.cli.measuring import measured, pools_of
from appliance.cli.memory import calm_collector, give_back
from appliance.cli.profiling import profiling
from appliance.config.spec import Spec
from appliance.delivery.limits import Limits
from appliance.errors import KefuError
from appliance.http.access import Access
from appliance.http.admin_config import add_config_routes
from appliance.http.app import open_doors
from appliance.http.assets import Assets
from appliance.http.metrics import add_metrics
from appliance.http.overload import add_overload_routes
from appliance.http.passwords import Passwords
from appliance.http.services import Services, invitation_link
from appliance.http.signatures import Signatures
from appliance.http.staff import Staff
from appliance.runtime.compose import Appliance, compose
from appliance.runtime.lastgood import Chosen
from appliance.runtime.live import Live, prepare
from appliance.runtime.migration import Migration
from appliance.runtime.place import this_place
from appliance.runtime.preparing import Origin
from appliance.runtime.reload import Reloads
from appliance.runtime.secrets import Secrets

HARD_STOP = 30.0
"""Seconds a drain may take; a process that hangs is ended then, for every ack it gave is on the disk."""

WATCH_SECONDS = 1.0
"""How often a watched file is looked at; it must look the same twice before it is applied."""

INTERRUPTED = 130

_log = logging.getLogger("kefu.serving")


class Place(Struct, frozen=True):
    """Where it runs: names for people, the bound socket, the keys, when the start began (monotonic seconds).

    `admin` is the socket of the admin routes, None: they are only on their Unix socket; `token` opens them.
    """

    config: str
    data: Path
    host: str
    sock: socket.socket
    keys: Secrets
    started: float
    admin: socket.socket | None = None
    token: str = ""

    @property
    def url(self) -> str:
        """The address for a browser on this machine."""
        return shown_url(self.host, self.sock.getsockname()[1])

    @property
    def admin_url(self) -> str | None:
        """The address of the admin routes; None when they are on no port."""
        return None if self.admin is None else shown_url(*self.admin.getsockname()[:2])


class Stop:
    """The wish to end: SIGTERM or SIGINT once drains in order, SIGINT again ends at once."""

    def __init__(self, loop: asyncio.AbstractEventLoop, exit_now: Callable[[int], Any] = os._exit) -> None:
        self._loop = loop
        self._exit_now = exit_now
        self._wanted = asyncio.Event()
        loop.add_signal_handler(signal.SIGTERM, self._wanted.set)
        loop.add_signal_handler(signal.SIGINT, self._interrupted)

    def _interrupted(self) -> None:
        if self._wanted.is_set():
            self._exit_now(INTERRUPTED)
        self._wanted.set()

    async def wait(self) -> None:
        """Return when it is wished."""
        await self._wanted.wait()

    def no_later_than(self, seconds: float) -> None:
        """End the process hard after `seconds`, whatever hangs."""
        self._loop.call_later(seconds, self._exit_now, 1)


async def serve(chosen: Chosen, place: Place, console: Console, watch: bool = False) -> None:
    """Run `chosen` until it is told to stop; with `watch` the file goes live whenever it is saved.

    Raises StartError or StoreUnusable when it cannot start.
    """
    loop = asyncio.get_running_loop()
    stop = Stop(loop)
    spec, graph = chosen.checked.spec, chosen.checked.graph
    assert spec is not None  # noqa: S101  # only what passed its check is chosen; this tells the type checker
    assert graph is not None  # noqa: S101  # the same
    async with AsyncExitStack() as stack:
        live = Live(prepare(spec, graph, identity_secret(spec, place.keys), chosen.aliases))
        identities = Signatures(place.keys.visitor, lambda: live.now.identity)
        appliance = await stack.enter_async_context(compose(live, place.data, identities))
        passwords = stack.enter_context(Passwords())

        def grants() -> Limits:
            return live.now.grants

        sockets = await stack.enter_async_context(
            WebSocketChannel(appliance.gateway, appliance.clock, grants, give_back=give_back)
        )
        polls = LongPollChannel(appliance.gateway, appliance.clock, grants)
        parts = services_of(appliance, passwords, place, sockets, polls)
        reloads = reloads_of(appliance, place, sockets)
        stack.callback(reloads.stop)
        reloads.live_sha = (await reloads.started(chosen.text, chosen.file, "start", chosen.aliases)).sha256
        if chosen.instead is not None:
            reloads.say(chosen)
        migration = Migration(live, appliance.store, appliance.conversations)
        profiles = stack.enter_context(profiling(appliance, place.data))
        scrape, first = measured(appliance, sockets, polls, parts.handshakes, reloads, profiles.profiler)

        def admin_routes(app: web.Application) -> None:
            add_config_routes(app, reloads, migration)
            add_overload_routes(app, appliance.overload)
            profiles.add_routes(app)
            add_metrics(app, scrape, first=first)

        server = await stack.enter_async_context(
            open_doors(
                parts,
                place.sock,
                place.data,
                lambda: status_of(appliance, parts, place, reloads),
                admin_routes=admin_routes,
                admin_sock=place.admin,
                token=place.token,
            )
        )
        loop.add_signal_handler(
            signal.SIGHUP, lambda: appliance.tasks.create_task(reread(reloads, "SIGHUP"), name="SIGHUP")
        )
        if watch:
            watching = appliance.tasks.create_task(watch_file(Path(place.config), reloads), name="watch")
            stack.callback(watching.cancel)
        owner = await parts.staff.owner_link(console.text("负责人", "Owner"))
        calm_collector()
        announce(console, place, parts.assets.built, owner)
        await stop.wait()
        stop.no_later_than(HARD_STOP)
        console.note(
            console.text("正在停止（再按一次 Ctrl+C 立即退出）…", "Stopping (Ctrl+C again ends at once) ...")
        )
        server.close()
        appliance.admissions.draining = True
        polls.close_all()
        await sockets.drain()
    console.note(console.text("已停止，数据已保存。", "Stopped; everything is saved."))


def reloads_of(appliance: Appliance, place: Place, sockets: WebSocketChannel) -> Reloads:
    """Return the one who changes what is live."""

    def swapped(spec: Spec) -> None:
        appliance.store.resize(spec.pools.db)
        appliance.admissions.rates_changed()
        sockets.regrant()

    origin = Origin(
        str(Path(place.config).resolve()),
        lambda: this_place(place.data, running=True),
        lambda spec: identity_secret(spec, place.keys),
    )
    return Reloads(
        appliance.live,
        appliance.store,
        appliance.conversations,
        appliance.desk,
        appliance.clock,
        appliance.tasks,
        origin,
        swapped,
        appliance.fanout.show_banner,
    )


async def reread(reloads: Reloads, by: str) -> None:
    """Apply the file again; why it was refused stands in the log, the status and the console."""
    try:
        await reloads.reload(by)
    except KefuError as error:
        _log.warning("the configuration was not reloaded", extra={"error": error})


async def watch_file(path: Path, reloads: Reloads) -> None:
    """Apply the file whenever it was saved and has been left alone for a moment: a half-saved file must not go live."""
    applied = seen = _looks(path)
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        now = _looks(path)
        if now == seen != applied and now is not None:
            applied = now
            await reread(reloads, "watch")
        seen = now


def _looks(path: Path) -> tuple[int, int, int] | None:
    """Return what changes when a file is saved, None while it is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino)


def identity_secret(spec: Spec, keys: Secrets) -> str:
    """Return the secret that the site signs identities with: the one named in kefu.yaml, else our own."""
    named = spec.site.identity_secret
    if named is None:
        return keys.identity
    return named.resolve(os.environ, lambda path: Path(path).read_text(encoding="utf-8"))


def services_of(
    appliance: Appliance,
    passwords: Passwords,
    place: Place,
    sockets: WebSocketChannel,
    polls: LongPollChannel,
) -> Services:
    """Return what the handlers need, from the running appliance."""
    access = Access(appliance.store, appliance.clock, passwords, place.keys.session)
    return Services(
        spec=lambda: appliance.live.now.spec,
        accounts=appliance.store,
        log=appliance.store,
        clock=appliance.clock,
        entropy=appliance.entropy.take,
        access=access,
        staff=Staff(
            appliance.store,
            access,
            appliance.clock,
            appliance.entropy.take,
            lambda: [queue.name for queue in appliance.live.now.spec.queues],
            appliance.gateway,
        ),
        cards=appliance.cards,
        sockets=sockets,
        polls=polls,
        overload=appliance.overload,
        assets=Assets(),
        draining=lambda: appliance.admissions.draining,
        base_url=place.url,
    )


def status_of(appliance: Appliance, parts: Services, place: Place, reloads: Reloads) -> dict[str, Any]:
    """Return what commands want to know of the running appliance."""
    problem = reloads.problem
    return {
        "version": __version__,
        "pid": os.getpid(),
        "url": place.url,
        "admin_url": place.admin_url,
        "config": str(Path(place.config).resolve()),
        "config_sha256": reloads.live_sha,
        "uptime_ms": int((time.monotonic() - place.started) * 1000),
        "sockets": len(parts.sockets),
        "connected": len(appliance.links),
        "recovered": appliance.recovered,
        "bundle": appliance.live.now.graph.id,
        "reloads": dict(reloads.counts),
        "last_reload_ok": problem is None,
        "pending": reloads.pending and {"id": reloads.pending.id, "confirm_by": reloads.pending.confirm_by},
        "notice": reloads.notice,
        "counts": counts_of(appliance, parts),
        "commit_queue": appliance.store.queue_depth(),
        "draining": parts.draining(),
        "overload": appliance.overload.state(),
        "pools": [{**msgspec.to_builtins(each), "hit_ratio": each.hit_ratio} for each in pools_of(appliance)],
        "unhandled": {
            " ".join(key): count for key, count in appliance.conversations.unhandled.most_common(50)
        },
    }


def announce(console: Console, place: Place, built: bool, owner: str | None) -> None:
    """Say that it is ready and where everything is."""
    took = time.monotonic() - place.started
    told: dict[str, Any] = {
        "ready": True,
        "version": __version__,
        "pid": os.getpid(),
        "demo": f"{place.url}/demo",
        "console": f"{place.url}/console",
        "owner_link": None if owner is None else invitation_link(place.url, owner),
        "seconds": round(took, 2),
    }
    text = console.text
    lines = [
        text(f"kefu {__version__} 已就绪（{took:.1f} 秒）", f"kefu {__version__} is ready ({took:.1f} s)"),
        f"  {text('访客演示页', 'visitor demo page')}   {told['demo']}",
        f"  {text('客服工作台', 'agent console    ')}   {told['console']}",
    ]
    if owner is not None:
        lines += [
            f"  {text('负责人链接', 'owner link       ')}   {told['owner_link']}",
            "  "
            + text(
                "（设置负责人密码用，只能用一次，24 小时内有效）",
                "(sets the owner's password; works once, within 24 hours)",
            ),
        ]
    if not built:
        lines.append(
            "  "
            + text("网页代码还没有构建：运行 make setup", "The browser code is not built: run make setup")
        )
    lines.append(f"  {text('停止：按 Ctrl+C', 'to stop: press Ctrl+C')}")
    try:
        console.show("\n".join(lines), told)
    except OSError as wrong:
        # A reader that has gone, or the full disk of a redirected output, is no reason not to serve.
        _log.warning("the announcement cannot be printed", extra={"error": wrong})
        console.mute()
