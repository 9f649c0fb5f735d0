"""The overload ladder over HTTP: how it stands, holding a tier, a rehearsal; for operators and, on their page, for chiefs.

A mode that was never rehearsed fails on the day it is needed, so rehearsing it is a button and not a procedure.
"""

from typing import Annotated

from aiohttp import web
from msgspec import Meta, Struct

from appliance.http.answers import answer, read_json
from appliance.http.guard import check_change, seat_of
from appliance.http.services import Ladder, services
from appliance.model import Role

CHIEFS: tuple[Role, ...] = ("owner", "supervisor")
LONGEST_SECONDS = 3_600
LONGEST_HOLD = 120


class Force(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of POST overload: a tier to hold for so many seconds, or null: automatic again."""

    tier: Annotated[int, Meta(ge=0, le=3)] | None
    seconds: Annotated[int, Meta(ge=1, le=LONGEST_SECONDS)] = 600


class Rehearse(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of POST overload/rehearsal: how long each tier is held."""

    hold: Annotated[int, Meta(ge=1, le=LONGEST_HOLD)] = 5


def add_overload_routes(app: web.Application, overload: Ladder) -> None:
    """Add the routes to the admin application."""

    async def show(request: web.Request) -> web.StreamResponse:
        return answer(overload.state())

    async def force(request: web.Request) -> web.StreamResponse:
        return _forced(overload, await read_json(request, Force), "operator")

    async def rehearse(request: web.Request) -> web.StreamResponse:
        return _rehearsed(overload, await read_json(request, Rehearse), "operator")

    app.router.add_get("/admin/overload", show)
    app.router.add_post("/admin/overload", force)
    app.router.add_post("/admin/overload/rehearsal", rehearse)


def add_routes(app: web.Application) -> None:
    """Add the routes of the console."""
    app.router.add_get("/api/overload", _show)
    app.router.add_post("/api/overload", _force)
    app.router.add_post("/api/overload/rehearsal", _rehearse)


async def _show(request: web.Request) -> web.StreamResponse:
    await seat_of(request, *CHIEFS)
    return answer(services(request).overload.state())


async def _force(request: web.Request) -> web.StreamResponse:
    check_change(request)
    seat = await seat_of(request, *CHIEFS)
    return _forced(services(request).overload, await read_json(request, Force), seat.agent.id)


async def _rehearse(request: web.Request) -> web.StreamResponse:
    check_change(request)
    seat = await seat_of(request, *CHIEFS)
    return _rehearsed(services(request).overload, await read_json(request, Rehearse), seat.agent.id)


def _forced(overload: Ladder, wanted: Force, by: str) -> web.Response:
    if wanted.tier is None:
        overload.automatic(by)
    else:
        overload.force(wanted.tier, wanted.seconds * 1000, by)
    return answer(overload.state())


def _rehearsed(overload: Ladder, wanted: Rehearse, by: str) -> web.Response:
    over = overload.rehearse(wanted.hold * 1000, by)
    return answer({**overload.state(), "over_at": over})
