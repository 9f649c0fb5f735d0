"""Who may pass a handler: the cookie, the origin, and the rules against requests that another site makes a browser send."""

import ipaddress
import logging

from aiohttp import web

from appliance.errors import Refused, Text
from appliance.http.access import IDLE, LONGEST, SIGNED_OUT, Seat
from appliance.http.origins import Peer, is_own, origin_allowed, peer_of
from appliance.http.services import services
from appliance.model import Role

_log = logging.getLogger("kefu.http")

COOKIE = "kefu"
SECURE_COOKIE = "__Host-kefu"
ALL: tuple[Role, ...] = ("owner", "supervisor", "agent")
OWNER: tuple[Role, ...] = ("owner",)

FOREIGN = Refused(
    "origin",
    Text("来源网站不在允许之列。", "This origin is not allowed."),
    Text("请在 kefu.yaml 的 site.origins 里加上它。", "Add it to site.origins in kefu.yaml."),
)
NOT_OURS = Refused(
    "origin",
    Text("这个请求不是从本系统的页面发出的。", "This request does not come from a page of this system."),
    Text("请直接打开工作台再试。", "Open the console itself and try again."),
)
NOT_JSON = Refused("media_type", Text("请求须为 application/json。", "The request must be application/json."))
NOT_ALLOWED = Refused("denied", Text("您没有权限这样做。", "You are not allowed to do this."))


def peer(request: web.Request) -> Peer:
    """Return the address of the client and whether he came over TLS, through a proxy on this machine or not."""
    forwarded = request.headers.get("X-Forwarded-For"), request.headers.get("X-Forwarded-Proto")
    return peer_of(request.remote, *forwarded)


def throttled_as(request: web.Request) -> str:
    """Return what failures of this client are counted under: his IPv4 address, or his IPv6 network (/64)."""
    address = peer(request).address
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)


def check_visitor_origin(request: web.Request) -> None:
    """Raise Refused unless the page may embed the widget.  A missing Origin is refused too: browsers always send it."""
    parts, origin = services(request), request.headers.get("Origin")
    if not origin_allowed(origin, request.host, parts.spec().site.origins, peer(request).secure):
        if parts.strangers.new(origin):
            # The browser keeps the answer from the page, so this line is where an operator can learn it.
            _log.warning(
                "a page may not embed the chat window: it is not under site.origins in kefu.yaml",
                extra={"origin": origin},
            )
        raise FOREIGN


def check_own_origin(request: web.Request) -> None:
    """Raise Refused unless the request comes from a page that we served ourselves."""
    if not is_own(request.headers.get("Origin"), request.host, peer(request).secure):
        raise NOT_OURS


def check_change(request: web.Request) -> None:
    """Raise Refused unless this request may change something: our own page, and a body that no HTML form can send."""
    check_own_origin(request)
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise NOT_OURS
    if request.body_exists and request.content_type != "application/json":
        raise NOT_JSON


async def seat_of(request: web.Request, *roles: Role) -> Seat:
    """Return who asks; raises Refused when nobody is signed in, or his role is not among `roles` (none: any role)."""
    seat = await services(request).access.who(cookie_of(request))
    if seat is None:
        raise SIGNED_OUT
    if roles and seat.agent.role not in roles:
        raise NOT_ALLOWED
    return seat


def cookie_of(request: web.Request) -> str | None:
    """Return the login cookie."""
    return request.cookies.get(SECURE_COOKIE) or request.cookies.get(COOKIE)


def set_cookie(request: web.Request, response: web.StreamResponse, value: str) -> None:
    """Give the browser its cookie: no script reads it, no other site makes the browser send it."""
    secure = peer(request).secure
    response.set_cookie(
        SECURE_COOKIE if secure else COOKIE,
        value,
        max_age=max(IDLE, LONGEST) // 1000,
        path="/",
        httponly=True,
        secure=secure,
        samesite="Strict",
    )


def clear_cookie(request: web.Request, response: web.StreamResponse) -> None:
    """Take the cookie back."""
    secure = peer(request).secure
    for name in (COOKIE, SECURE_COOKIE):
        response.del_cookie(
            name, path="/", httponly=True, secure=secure or name == SECURE_COOKIE, samesite="Strict"
        )
