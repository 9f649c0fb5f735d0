"""/debug/pprof/* of the admin routes, in the shape of Go's net/http/pprof, so that `go tool pprof URL` works on a running kefu.

goroutine means asyncio tasks and threads here, block the stalls of the event loop.
"""

import asyncio
import html
import math
import os
import re
import sys
from collections.abc import Callable, Sequence

from aiohttp import web

from appliance import __version__
from appliance.errors import Refused, Text
from appliance.http.answers import answer, error
from appliance.telemetry.profiling import tasks, text
from appliance.telemetry.profiling.profile import Profile
from appliance.telemetry.profiling.profiler import Profiler
from appliance.telemetry.profiling.protobuf import encode

CPU_SECONDS = 30.0
HEAP_SECONDS = 5.0

ROWS: tuple[tuple[str, str, Text], ...] = (
    (
        "profile",
        "profile?seconds=10",
        Text("CPU 时间花在哪里（一次只能一个）", "where the CPU time goes (one at a time)"),
    ),
    ("goroutine", "goroutine?debug=1", Text("所有任务和线程在等什么", "what all tasks and threads wait for")),
    (
        "heap",
        "heap?seconds=5&gc=1&debug=1",
        Text("这段时间内分配、结束时还在的内存", "what is allocated within a window and is still there"),
    ),
    (
        "allocs",
        "allocs?seconds=5&debug=1",
        Text("同上，连未回收的垃圾", "the same with garbage not collected yet"),
    ),
    ("block", "block?debug=1", Text("事件循环为什么停顿", "what made the event loop stand still")),
    ("mutex", "mutex?debug=1", Text("等锁（没有，说明原因）", "waiting for locks (there is none, and why)")),
    ("threadcreate", "threadcreate?debug=1", Text("线程", "threads")),
    ("cmdline", "cmdline", Text("启动命令，已脱敏", "the command line, redacted")),
    ("gc", "gc", Text("垃圾回收的次数和耗时", "collections of garbage and what they cost")),
    ("trace", "trace", Text("没有：说明原因", "none, and why")),
)

_NO_TRACE = Text(
    "Go 的执行跟踪记录的是 Go 调度器，Python 没有。请用 /debug/pprof/block 看停顿，用 goroutine?debug=2 看等待。",
    "An execution trace is of Go's scheduler, which Python has none of. "
    "See /debug/pprof/block for stalls and goroutine?debug=2 for who waits.",
)
_NO_SECONDS = Refused(
    "invalid",
    Text("任务列表是此刻的，没有时长。", "The tasks are those of this moment: it takes no seconds."),
)
_SECRET = re.compile(r"(?i)(token|password|passwd|secret|key|credential)")
_LOGIN = re.compile(r"://[^/@\s]*@")


def add_profiling(app: web.Application, profiler: Profiler) -> None:
    """Add the routes."""

    async def index(request: web.Request) -> web.StreamResponse:
        counts = profiler.counts()
        if request.query.get("format") == "json":
            return answer({"counts": counts, "taken": dict(profiler.taken)})
        return web.Response(text=_index(counts), content_type="text/html", charset="utf-8")

    def over(name: str, kind: str, unsaid: float, collects: str = "1") -> None:
        """Add a profile that takes a while: `unsaid` seconds, unless the request says how many."""

        async def handler(request: web.Request) -> web.StreamResponse:
            debug, seconds = _debug(request), _seconds(request, unsaid)
            collect = request.query.get("gc", collects) != "0"
            return await _answered(request, name, debug, await profiler.take(kind, seconds, collect))

        app.router.add_get(f"/debug/pprof/{name}", handler)

    def at_once(name: str, make: Callable[[], Profile]) -> None:
        """Add a profile that is there at once."""

        async def handler(request: web.Request) -> web.StreamResponse:
            return await _answered(request, name, _debug(request), make())

        app.router.add_get(f"/debug/pprof/{name}", handler)

    async def goroutine(request: web.Request) -> web.StreamResponse:
        debug = _debug(request)
        if "seconds" in request.query:
            raise _NO_SECONDS
        if debug == 2:
            return await _every_task(request, profiler)
        return await _answered(request, "goroutine", debug, await profiler.take("tasks", 0))

    async def gc(request: web.Request) -> web.StreamResponse:
        return answer(profiler.vitals.garbage())

    app.router.add_get("/debug/pprof", _to_index)
    app.router.add_get("/debug/pprof/", index)
    over("profile", "cpu", CPU_SECONDS)
    over("heap", "heap", HEAP_SECONDS)
    over("allocs", "heap", HEAP_SECONDS, collects="0")
    over("block", "block", 0.0)
    at_once("mutex", profiler.locks)
    at_once("threadcreate", profiler.threads)
    for name, handler in (
        ("goroutine", goroutine),
        ("tasks", goroutine),
        ("gc", gc),
        ("cmdline", _cmdline),
        ("trace", _trace),
    ):
        app.router.add_get(f"/debug/pprof/{name}", handler)
    # pprof asks with GET whether addresses can be named, and sends them with POST; our profiles bring the names with them.
    app.router.add_get("/debug/pprof/symbol", _symbol)
    app.router.add_post("/debug/pprof/symbol", _symbol)


async def _answered(request: web.Request, name: str, debug: int, profile: Profile) -> web.Response:
    """Answer with a profile in the form that is asked for: format=collapsed, debug text, else profile.proto."""
    form = request.query.get("format", "")
    if form == "collapsed":
        return _plain(await asyncio.to_thread(profile.collapsed))
    if debug:
        return _plain(await asyncio.to_thread(text.summary, name, profile))
    return packed(await asyncio.to_thread(encode, profile), name)


def packed(data: bytes, name: str) -> web.Response:
    """Return the bytes of a profile as a download."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.pb.gz"', "Cache-Control": "no-store"}
    return web.Response(body=data, content_type="application/octet-stream", headers=headers)


def _plain(said: str) -> web.Response:
    return web.Response(
        text=said, content_type="text/plain", charset="utf-8", headers={"Cache-Control": "no-store"}
    )


async def _every_task(request: web.Request, profiler: Profiler) -> web.StreamResponse:
    """Send the stack of each task and thread, as they are found: 20,000 of them are never held as one text."""
    response = web.StreamResponse(
        headers={"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}
    )
    await response.prepare(request)
    threads = tasks.threads()
    number = len(threads)
    await response.write("".join(text.one(place, each) for place, each in enumerate(threads, 1)).encode())
    async for some in tasks.tasks(profiler.describe):
        said: list[str] = []
        for each in some:
            number += 1
            said.append(text.one(number, each))
        await response.write("".join(said).encode())
    profiler.taken["tasks"] += 1
    return response


def _seconds(request: web.Request, unsaid: float) -> float:
    given = request.query.get("seconds")
    if given is None:
        return unsaid
    try:
        seconds = float(given)
    except ValueError:
        seconds = math.nan
    if not math.isfinite(seconds):
        raise Refused(
            "invalid",
            Text("seconds 不是数字。", "seconds is no number."),
            Text("例如 seconds=10。", "For example: seconds=10."),
        )
    return seconds


def _debug(request: web.Request) -> int:
    given = request.query.get("debug", "0")
    if given not in ("0", "1", "2"):
        raise Refused("invalid", Text("debug 只能是 0、1 或 2。", "debug is 0, 1 or 2."))
    return int(given)


def _index(counts: dict[str, int]) -> str:
    numbers = {
        "goroutine": counts["tasks"] + counts["threads"],
        "threadcreate": counts["threads"],
        "block": counts["stalls"],
        "mutex": 0,
    }
    rows = "".join(
        f'<tr><td>{numbers.get(name, "")}</td><td><a href="/debug/pprof/{html.escape(link)}">{name}</a></td>'
        f"<td>{about.en}</td><td>{about.zh}</td></tr>\n"
        for name, link, about in ROWS
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>/debug/pprof/</title>\n<h1>/debug/pprof/</h1>\n<p>kefu {__version__}, pid {os.getpid()}; "
        '<a href="/panel">panel</a></p>\n'
        f"<table>\n<tr><th>count</th><th>profile</th><th></th><th></th></tr>\n{rows}</table>\n"
        '<p><a href="/debug/pprof/goroutine?debug=2">full stack dump of all tasks</a></p>\n</html>\n'
    )


async def _to_index(request: web.Request) -> web.StreamResponse:
    return web.Response(status=301, headers={"Location": "/debug/pprof/"})


async def _cmdline(request: web.Request) -> web.StreamResponse:
    return _plain("\0".join(redacted(sys.argv)))


def redacted(arguments: Sequence[str]) -> list[str]:
    """Return a command line without what could be a secret: values of options that are called so, logins in addresses."""
    said: list[str] = []
    hide = False
    for argument in arguments:
        name, equals, _ = argument.partition("=")
        secret = argument.startswith("-") and _SECRET.search(name) is not None
        if hide:
            said.append("***")
        elif secret and equals:
            said.append(f"{name}=***")
        else:
            said.append(_LOGIN.sub("://***@", argument))
        hide = secret and not equals
    return said


async def _symbol(request: web.Request) -> web.StreamResponse:
    return _plain("num_symbols: 0\n")


async def _trace(request: web.Request) -> web.StreamResponse:
    refused = error("unavailable", _NO_TRACE)
    refused.set_status(501)
    return refused
