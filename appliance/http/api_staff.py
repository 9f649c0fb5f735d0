"""What staff reads and manages over HTTP: members, quick replies, the list of conversations, the names of queues."""

from typing import Annotated

from aiohttp import web
from msgspec import Meta, Struct

from appliance.errors import Refused, Text
from appliance.http.answers import answer, read_json
from appliance.http.guard import NOT_ALLOWED, OWNER, check_change, seat_of
from appliance.http.services import invitation_link, services
from appliance.http.staff import AgentChange, NewAgent
from appliance.model import Audience, new_id
from appliance.ports import QuickReply

CHIEFS = ("owner", "supervisor")
PAGE = 50
MOST = 200
_NO_CONVERSATION = Refused("unknown", Text("没有这个会话。", "There is no such conversation."))


class Reply(Struct, frozen=True):
    """The body of POST /api/replies.  With `id` it replaces that one; `shared` ones are for chiefs to write."""

    shortcut: Annotated[str, Meta(min_length=1, max_length=32)]
    text: Annotated[str, Meta(min_length=1, max_length=4096)]
    id: Annotated[str, Meta(max_length=64)] = ""
    shared: bool = False


def add_routes(app: web.Application) -> None:
    """Add the routes."""
    app.router.add_get("/api/site", _site)
    app.router.add_get("/api/queues", _queues)
    app.router.add_get("/api/agents", _agents)
    app.router.add_post("/api/agents", _add_agent)
    app.router.add_patch("/api/agents/{id}", _change_agent)
    app.router.add_get("/api/replies", _replies)
    app.router.add_post("/api/replies", _save_reply)
    app.router.add_delete("/api/replies/{id}", _delete_reply)
    app.router.add_get("/api/conversations", _conversations)
    app.router.add_get("/api/conversations/{id}", _conversation)


async def _site(request: web.Request) -> web.StreamResponse:
    """Tell what the site is called: nothing that a visitor may not know."""
    site = services(request).spec().site
    return answer({"name": site.name, "timezone": site.timezone})


async def _queues(request: web.Request) -> web.StreamResponse:
    await seat_of(request)
    return answer({"queues": [queue.name for queue in services(request).spec().queues]})


async def _agents(request: web.Request) -> web.StreamResponse:
    await seat_of(request)
    return answer({"agents": await services(request).staff.all()})


async def _add_agent(request: web.Request) -> web.StreamResponse:
    check_change(request)
    await seat_of(request, *OWNER)
    parts = services(request)
    agent, secret = await parts.staff.add(await read_json(request, NewAgent))
    link = invitation_link(_base(request), secret)
    return answer({"agent": await parts.staff.listed(agent), "invite": link}, 201)


async def _change_agent(request: web.Request) -> web.StreamResponse:
    check_change(request)
    await seat_of(request, *OWNER)
    staff = services(request).staff
    change = await read_json(request, AgentChange)
    agent, secret = await staff.change(await staff.find(request.match_info["id"]), change)
    body: dict[str, object] = {"agent": await staff.listed(agent)}
    if secret is not None:
        body["invite"] = invitation_link(_base(request), secret)
    return answer(body)


def _base(request: web.Request) -> str:
    """Return the address under which the owner's own browser reached us: his colleagues reach it there, too."""
    return request.headers.get("Origin", services(request).base_url).rstrip("/")


async def _replies(request: web.Request) -> web.StreamResponse:
    seat = await seat_of(request)
    return answer({"replies": await services(request).accounts.quick_replies(seat.agent.id)})


async def _save_reply(request: web.Request) -> web.StreamResponse:
    check_change(request)
    seat, parts = await seat_of(request), services(request)
    body = await read_json(request, Reply)
    if body.shared and seat.agent.role not in CHIEFS:
        raise NOT_ALLOWED
    if body.id:
        await _may_touch(request, body.id)
    reply = QuickReply(
        id=body.id or new_id(parts.clock.now(), parts.entropy(10)),
        shortcut=body.shortcut,
        text=body.text,
        owner="" if body.shared else seat.agent.id,
    )
    await parts.accounts.save_quick_reply(reply)
    return answer({"reply": reply}, 200 if body.id else 201)


async def _delete_reply(request: web.Request) -> web.StreamResponse:
    check_change(request)
    await _may_touch(request, request.match_info["id"])
    await services(request).accounts.delete_quick_reply(request.match_info["id"])
    return answer({})


async def _may_touch(request: web.Request, reply_id: str) -> None:
    """Raise Refused unless the reply is one's own, or shared and one is a chief; another's is as good as none."""
    seat = await seat_of(request)
    known = await services(request).accounts.quick_replies(seat.agent.id)
    reply = next((each for each in known if each.id == reply_id), None)
    if reply is None:
        raise Refused("unknown", Text("没有这条快捷回复。", "There is no such quick reply."))
    if reply.owner == "" and seat.agent.role not in CHIEFS:
        raise NOT_ALLOWED


async def _conversations(request: web.Request) -> web.StreamResponse:
    """List conversations, newest first: `before` (ms) pages, `open=1` only open ones, `visitor` one visitor's."""
    await seat_of(request)
    query = request.query
    found = await services(request).log.conversations(
        visitor=query.get("visitor") or None,
        open_only=query.get("open", "") in ("1", "true"),
        before=_number(query.get("before"), "before"),
        limit=max(1, min(_number(query.get("limit"), "limit") or PAGE, MOST)),
    )
    return answer({"conversations": found})


def _number(text: str | None, name: str) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 15:
        raise Refused("invalid", Text(f"参数 {name} 须是整数。", f"The parameter {name} must be an integer."))
    return int(text)


async def _conversation(request: web.Request) -> web.StreamResponse:
    seat = await seat_of(request)
    card = await services(request).cards.card(request.match_info["id"], Audience.STAFF, seat.agent.id)
    if card is None:
        raise _NO_CONVERSATION
    return answer({"conversation": card})
