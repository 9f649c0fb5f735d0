"""The pages and their assets: the widget for other people's sites, the console, the demonstration shop."""

from aiohttp import web

from appliance.errors import Refused, Text
from appliance.http.assets import Asset
from appliance.http.headers import PAGE_POLICY
from appliance.http.services import services

PAGES = {"/console": "console.html", "/demo": "demo.html"}
_NOT_BUILT = Refused(
    "unavailable",
    Text("网页代码还没有构建。", "The browser code is not built."),
    Text("运行 make setup。", "Run: make setup"),
)
_NOTHING = Refused("not_found", Text("没有这个文件。", "There is no such file."))


def add_routes(app: web.Application) -> None:
    """Add the pages."""
    app.router.add_get("/", _front)
    for path in PAGES:
        app.router.add_get(path, _page)
    app.router.add_get("/widget.js", _widget)
    app.router.add_get("/favicon.ico", _icon)
    app.router.add_get("/assets/{name:[^{}]*}", _asset)


async def _front(request: web.Request) -> web.StreamResponse:
    return web.Response(status=302, headers={"Location": "/console"})


async def _page(request: web.Request) -> web.StreamResponse:
    asset = services(request).assets.get(PAGES[request.path])
    if asset is None:
        raise _NOT_BUILT
    return serve(request, asset, {"Content-Security-Policy": PAGE_POLICY})


async def _widget(request: web.Request) -> web.StreamResponse:
    asset = services(request).assets.get("widget.js")
    if asset is None:
        raise _NOT_BUILT
    # Any site may load the script; whether its pages may connect is decided by their origin at the socket.
    return serve(
        request, asset, {"Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*"}
    )


async def _icon(request: web.Request) -> web.StreamResponse:
    asset = services(request).assets.get("kefu.svg")
    return serve(request, asset) if asset is not None else web.Response(status=204)


async def _asset(request: web.Request) -> web.StreamResponse:
    name = request.match_info["name"]
    asset = services(request).assets.get(name)
    if asset is None or name.endswith(".html"):
        raise _NOTHING
    # Pictures and sounds of the widget are shown on other people's pages, too.
    return serve(request, asset, {"Cross-Origin-Resource-Policy": "cross-origin"})


def serve(request: web.Request, asset: Asset, headers: dict[str, str] | None = None) -> web.Response:
    """Return the asset, packed if the browser takes that, or 304 when it has it already."""
    packed = asset.packed if "gzip" in request.headers.get("Accept-Encoding", "").lower() else None
    # The two forms are different bytes, so they need different tags.
    etag = f'"{asset.etag}{"-gz" if packed is not None else ""}"'
    told = {
        "ETag": etag,
        "Vary": "Accept-Encoding",
        "Cache-Control": "public, max-age=31536000, immutable" if asset.lasting else "no-cache",
        **(headers or {}),
    }
    if etag in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=told)
    told["Content-Type"] = asset.content_type
    if packed is not None:
        told["Content-Encoding"] = "gzip"
    return web.Response(body=asset.body if packed is None else packed, headers=told)
