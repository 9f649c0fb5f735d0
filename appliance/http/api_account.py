"""A member of staff and his own account: signing in and out, the one-time link, a new password."""

from typing import Annotated, Any

from aiohttp import web
from msgspec import Meta, Struct

from appliance.http.access import Entered
from appliance.http.answers import answer, read_json
from appliance.http.guard import check_change, clear_cookie, cookie_of, seat_of, set_cookie, throttled_as
from appliance.http.services import services
from appliance.http.staff import shown_name
from appliance.model import Agent

Short = Annotated[str, Meta(max_length=256)]


class SignIn(Struct, frozen=True):
    """The body of POST /api/login."""

    login: Short
    password: Annotated[str, Meta(max_length=1024)]


class Joining(Struct, frozen=True):
    """The body of POST /api/invitation."""

    secret: Short
    password: Annotated[str, Meta(max_length=1024)]
    name: Annotated[str, Meta(max_length=64)] = ""


class NewPassword(Struct, frozen=True):
    """The body of POST /api/password."""

    password: Annotated[str, Meta(max_length=1024)]
    new: Annotated[str, Meta(max_length=1024)]


def add_routes(app: web.Application) -> None:
    """Add the routes."""
    app.router.add_post("/api/login", _sign_in)
    app.router.add_post("/api/logout", _sign_out)
    app.router.add_get("/api/me", _me)
    app.router.add_post("/api/invitation", _join)
    app.router.add_post("/api/password", _new_password)


def shown(agent: Agent) -> dict[str, Any]:
    """Return what an agent may know of himself."""
    return {
        "id": agent.id,
        "login": agent.login,
        "name": agent.name,
        "role": agent.role,
        "skills": agent.skills,
        "capacity": agent.capacity,
        "caps": agent.caps,
    }


async def _sign_in(request: web.Request) -> web.StreamResponse:
    check_change(request)
    body = await read_json(request, SignIn)
    access = services(request).access
    entered = await access.sign_in(body.login, body.password, throttled_as(request))
    before = await access.who(cookie_of(request))
    if before is not None:
        await access.sign_out(before)
    return _entered(request, entered)


async def _sign_out(request: web.Request) -> web.StreamResponse:
    check_change(request)
    access = services(request).access
    seat = await access.who(cookie_of(request))
    if seat is not None:
        await access.sign_out(seat)
    response = answer({})
    clear_cookie(request, response)
    return response


async def _me(request: web.Request) -> web.StreamResponse:
    """Tell who is signed in, null for nobody: to ask is no error, and browsers log every 401 as one."""
    seat = await services(request).access.who(cookie_of(request))
    return answer({"agent": None if seat is None else shown(seat.agent)})


async def _join(request: web.Request) -> web.StreamResponse:
    check_change(request)
    body = await read_json(request, Joining)
    access = services(request).access
    entered = await access.redeem(body.secret, body.password, shown_name(body.name), throttled_as(request))
    services(request).staff.tell(entered.agent)
    return _entered(request, entered)


async def _new_password(request: web.Request) -> web.StreamResponse:
    """Change one's own password: the old one proves that it is not just somebody at an unlocked screen."""
    check_change(request)
    body = await read_json(request, NewPassword)
    seat, access = await seat_of(request), services(request).access
    await access.confirm(seat.agent, body.password, throttled_as(request))
    await access.set_password(seat.agent, body.new)
    return _entered(request, await access.enter(seat.agent))


def _entered(request: web.Request, entered: Entered) -> web.Response:
    response = answer({"agent": shown(entered.agent)})
    set_cookie(request, response, entered.cookie)
    return response
