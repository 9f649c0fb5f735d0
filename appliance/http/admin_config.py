"""The admin routes about the configuration: plan, apply, confirm, reload, roll back, migrate, and what was live.

They stand behind DIR/admin.sock like all of them; a refused configuration answers 422 with every diagnostic.
"""

from collections.abc import Awaitable
from typing import Annotated, Any, TypeVar

import msgspec
from aiohttp import web
from msgspec import Meta, Struct

from appliance.config.changes import Change
from appliance.errors import ConfigError, Refused, Text
from appliance.history import LONGEST_WAIT, Config
from appliance.http.answers import answer
from appliance.model import Millis
from appliance.runtime.migration import Migration
from appliance.runtime.preparing import Plan
from appliance.runtime.reload import Applied, Reloads

_CHANGED = 200
_REFUSED = 422

T = TypeVar("T")


class Renames(Struct, frozen=True):
    """New names of queues and states by their old ones."""

    queues: dict[str, str] = {}
    states: dict[str, str] = {}


class Wanted(Struct, frozen=True):
    """The body of plan and apply."""

    text: str
    file: str = "kefu.yaml"
    by: str = "?"
    confirm_ms: Annotated[int, Meta(gt=0, le=LONGEST_WAIT)] | None = None
    rename: Renames = Renames()


class Back(Struct, frozen=True):
    """The body of rollback."""

    to: int | None = None
    by: str = "?"


class Move(Struct, frozen=True):
    """The body of migrate."""

    rename: Renames = Renames()
    dry_run: bool = False


def shown(config: Config) -> dict[str, Any]:
    """Return an entry of the history without its text."""
    return {
        "id": config.id,
        "at": config.at,
        "by": config.by,
        "bundle": config.bundle,
        "config": config.sha256[:12],
        "outcome": config.outcome,
        "file": config.file,
        "summary": config.summary,
        "confirm_by": config.confirm_by,
    }


def _plan(plan: Plan) -> dict[str, Any]:
    return {**msgspec.to_builtins(plan), "changes": [_change(each) for each in plan.changes]}


def _change(change: Change) -> dict[str, Any]:
    return {**msgspec.to_builtins(change), "what": change.what}


def _answered(done: Applied) -> web.Response:
    problems = done.diagnostics.as_dicts()
    fine = not done.diagnostics.failed
    body: dict[str, Any] = {"ok": fine, "problems": problems, "file": done.diagnostics.file}
    body["plan"] = _plan(done.plan) if done.plan is not None else None
    body["live"] = shown(done.live) if done.live is not None else None
    body["news"] = done.news
    if done.of:
        body["of"] = done.of
    return answer(body, _CHANGED if fine else _REFUSED)


def add_config_routes(app: web.Application, reloads: Reloads, migration: Migration) -> None:
    """Add the routes to the admin application."""

    async def plan(request: web.Request) -> web.StreamResponse:
        wanted = await _read(request, Wanted)
        return _answered(await reloads.plan(wanted.text, wanted.file, wanted.rename.queues))

    async def apply(request: web.Request) -> web.StreamResponse:
        wanted = await _read(request, Wanted)
        confirm: Millis | None = wanted.confirm_ms
        return await _done(reloads.apply(wanted.text, wanted.file, wanted.by, wanted.rename.queues, confirm))

    async def reload(request: web.Request) -> web.StreamResponse:
        return await _done(reloads.reload("reload"))

    async def confirm(request: web.Request) -> web.StreamResponse:
        return answer({"live": shown(await reloads.confirm())})

    async def rollback(request: web.Request) -> web.StreamResponse:
        back = await _read(request, Back)
        return await _done(reloads.rollback(back.by, back.to))

    async def migrate(request: web.Request) -> web.StreamResponse:
        move = await _read(request, Move)
        return answer(await migration.run(move.rename.states, move.rename.queues, move.dry_run))

    async def history(request: web.Request) -> web.StreamResponse:
        return answer({"entries": [shown(config) for config in await reloads.history()]})

    async def state(request: web.Request) -> web.StreamResponse:
        return answer(await reloads.state())

    app.router.add_post("/admin/config/plan", plan)
    app.router.add_post("/admin/config/apply", apply)
    app.router.add_post("/admin/config/reload", reload)
    app.router.add_post("/admin/config/confirm", confirm)
    app.router.add_post("/admin/config/rollback", rollback)
    app.router.add_post("/admin/config/migrate", migrate)
    app.router.add_get("/admin/config/history", history)
    app.router.add_get("/admin/config", state)


async def _done(change: Awaitable[Applied]) -> web.StreamResponse:
    """Answer with what came of a change; what stands in its way is the caller's business, not an internal error."""
    try:
        return _answered(await change)
    except ConfigError as trouble:
        raise Refused("invalid", trouble.cause, trouble.remedy) from trouble


async def _read(request: web.Request, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(await request.read() or b"{}", type=kind)
    except msgspec.MsgspecError as wrong:
        raise Refused(
            "invalid",
            Text(f"请求看不懂：{wrong}", f"The request cannot be read: {wrong}"),
        ) from wrong
