"""The profiling panel: its page, what its charts show, and the captures that are kept.

The page is served here with all its assets: the admin routes may be all that the operator's browser can reach.
"""

import asyncio
from typing import Annotated, Any

from aiohttp import web
from msgspec import Meta, Struct

from appliance.errors import Refused, Text
from appliance.http.answers import answer, read_json
from appliance.http.assets import DIST, Assets
from appliance.http.debug_pprof import packed
from appliance.http.headers import PAGE_POLICY
from appliance.http.pages import serve
from appliance.telemetry.profiling.captures import Captures
from appliance.telemetry.profiling.profile import difference
from appliance.telemetry.profiling.profiler import KINDS, LONGEST, Profiler

SPEEDSCOPE = "speedscope"
MOST_ROWS = 50
"""Functions of a comparison that are told: of what changes less, nobody reads."""

_PANEL_POLICY = PAGE_POLICY.replace("default-src 'none'", "default-src 'none'; frame-src 'self'")
_SPEEDSCOPE_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""speedscope writes its styles into the page; it may load from here only, and only our panel may frame it."""

_NOT_BUILT = Refused(
    "unavailable",
    Text("网页代码还没有构建。", "The browser code is not built."),
    Text("运行 make setup。", "Run: make setup"),
)
_NOTHING = Refused("not_found", Text("没有这个文件。", "There is no such file."))


class Wanted(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of POST /admin/captures."""

    kind: str
    seconds: Annotated[float, Meta(ge=0, le=LONGEST)] = 10.0


class _Shelf:
    """Assets that are read when somebody first wants them: a page for operators must not slow every start."""

    def __init__(self) -> None:
        self._page: Assets | None = None
        self._viewer: Assets | None = None

    async def page(self) -> Assets:
        if self._page is None:
            self._page = await asyncio.to_thread(Assets, DIST)
        return self._page

    async def viewer(self) -> Assets:
        if self._viewer is None:
            self._viewer = await asyncio.to_thread(Assets, DIST / SPEEDSCOPE)
        return self._viewer


def add_panel(app: web.Application, profiler: Profiler, captures: Captures) -> None:
    """Add the page /panel, its assets, /admin/runtime and /admin/captures."""
    shelf = _Shelf()

    async def page(request: web.Request) -> web.StreamResponse:
        asset = (await shelf.page()).get("panel.html")
        if asset is None:
            raise _NOT_BUILT
        return serve(request, asset, {"Content-Security-Policy": _PANEL_POLICY})

    async def asset(request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        found = (await shelf.page()).get(name)
        if found is None or name.endswith(".html"):
            raise _NOTHING
        return serve(request, found)

    async def viewer(request: web.Request) -> web.StreamResponse:
        found = (await shelf.viewer()).get(request.match_info["name"] or "index.html")
        if found is None:
            raise _NOTHING
        told = {"Content-Security-Policy": _SPEEDSCOPE_POLICY, "X-Frame-Options": "SAMEORIGIN"}
        return serve(request, found, told)

    async def runtime(request: web.Request) -> web.StreamResponse:
        since = request.query.get("since", "0")
        if not (since.isascii() and since.isdigit() and len(since) < 18):
            raise Refused("invalid", Text("since 须为毫秒数。", "since is a number of milliseconds."))
        points = profiler.vitals.since(int(since))
        return answer({"points": points, "captures": captures.all(), "kinds": KINDS})

    app.router.add_get("/panel", page)
    app.router.add_get("/assets/{name:[^{}/]*}", asset)
    app.router.add_get("/panel/speedscope/{name:[^{}/]*}", viewer)
    app.router.add_get("/admin/runtime", runtime)
    _add_captures(app, captures)


def _add_captures(app: web.Application, captures: Captures) -> None:
    async def listed(request: web.Request) -> web.StreamResponse:
        return answer({"captures": captures.all()})

    async def take(request: web.Request) -> web.StreamResponse:
        wanted = await read_json(request, Wanted)
        return answer({"capture": await captures.take(wanted.kind, wanted.seconds)}, 201)

    async def compare(request: web.Request) -> web.StreamResponse:
        before, after = (request.query.get(name, "") for name in ("before", "after"))
        return answer(await asyncio.to_thread(_compared, captures, before, after))

    async def show(request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        if request.query.get("format") == "collapsed":
            profile = await asyncio.to_thread(captures.profile, name)
            return web.Response(text=profile.collapsed(), headers={"Cache-Control": "no-store"})
        return packed(await asyncio.to_thread(captures.data, name), name)

    async def remove(request: web.Request) -> web.StreamResponse:
        captures.remove(request.match_info["name"])
        return answer({"captures": captures.all()})

    app.router.add_get("/admin/captures", listed)
    app.router.add_post("/admin/captures", take)
    app.router.add_get("/admin/captures/diff", compare)
    app.router.add_get("/admin/captures/{name}", show)
    app.router.add_delete("/admin/captures/{name}", remove)


def _compared(captures: Captures, before: str, after: str) -> dict[str, Any]:
    first, second = captures.profile(before), captures.profile(after)
    if first.types != second.types:
        raise Refused("invalid", Text("两份采样不是同一种。", "The two captures are not of the same kind."))
    # What only calls others has no time of its own to compare.
    rows = [row for row in difference(first, second) if any(row.own)]
    return {
        "unit": first.types[-1][1],
        "totals": (first.total(), second.total()),
        "rows": rows[:MOST_ROWS],
        "left_out": max(len(rows) - MOST_ROWS, 0),
    }
