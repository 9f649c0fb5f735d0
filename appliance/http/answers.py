"""What an HTTP client gets to read: JSON, errors in two languages with a code for programs, never a stack trace."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec
from aiohttp import web

from appliance.errors import Conflict, KefuError, Refused, StoreError, Text

BODY_BYTES = 64 * 1024
BODY_SECONDS = 10.0

STATUS = {
    "invalid": 400,
    "auth": 401,
    "denied": 403,
    "origin": 403,
    "not_found": 404,
    "unknown": 404,
    "method": 405,
    "timeout": 408,
    "conflict": 409,
    "too_long": 413,
    "media_type": 415,
    "rate": 429,
    "headers": 431,
    "failed": 500,
    "unavailable": 503,
}
"""The HTTP status of each error code; what is not here is a 400."""

_BY_STATUS = {status: code for code, status in STATUS.items() if code not in ("denied", "unknown")}
_TEXTS = {
    "not_found": Text("没有这个地址。", "There is nothing at this address."),
    "method": Text("这个地址不支持该方法。", "This address does not take this method."),
    "timeout": Text("请求发送得太慢。", "The request arrived too slowly."),
    "too_long": Text("请求太大。", "The request is too large."),
    "media_type": Text("请求须为 application/json。", "The request must be application/json."),
    "headers": Text("请求头太大。", "The request headers are too large."),
    "failed": Text("内部错误，已记入日志。", "An internal error; it is in the log."),
    "unavailable": Text("服务暂时不可用，请稍后重试。", "Not available for the moment; try again shortly."),
    "invalid": Text("请求不正确。", "The request is wrong."),
}

BODY: web.RequestKey[bytes] = web.RequestKey("body", bytes)
"""The body of a request to the API, read whole before any work is done for it (app.few_at_once)."""

T = TypeVar("T")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_log = logging.getLogger("kefu.http")
_encode = msgspec.json.Encoder().encode


def route_of(request: web.Request) -> str:
    """Return the route as it was declared, {name} for what differs; "-" for an address that there is not."""
    resource = request.match_info.route.resource
    return "-" if resource is None else resource.canonical


def answer(body: Any, status: int = 200) -> web.Response:
    """Return `body` as JSON that nobody keeps."""
    return web.Response(
        body=_encode(body),
        status=status,
        content_type="application/json",
        charset="utf-8",
        headers={"Cache-Control": "no-store"},
    )


def error(code: str, text: Text, retry_after: int | None = None) -> web.Response:
    """Return an error; `retry_after` in ms."""
    told: dict[str, Any] = {"code": code, "zh": text.zh, "en": text.en}
    if retry_after is not None:
        told["retry_after"] = retry_after
    response = answer({"error": told}, STATUS.get(code, 400))
    if retry_after is not None:
        response.headers["Retry-After"] = str(max(1, -(-retry_after // 1000)))
    return response


def refusal(refused: KefuError) -> web.Response:
    """Return the answer to a request that was refused."""
    text = Text(refused.say("zh"), refused.say("en"))
    match refused:
        case Refused():
            return error(refused.code, text, refused.retry_after)
        case Conflict():
            return error("conflict", text)
        case StoreError():
            return error("unavailable", text, 1_000)
        case _:
            return error("failed", _TEXTS["failed"])


@web.middleware
async def speak_plainly(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every way a handler can fail into an answer a client can read."""
    try:
        return await handler(request)
    except KefuError as refused:
        if not isinstance(refused, Refused):
            _log.warning(
                "a request failed",
                extra={"method": request.method, "route": route_of(request), "error": refused},
            )
        return refusal(refused)
    except web.HTTPException as raised:
        code = _BY_STATUS.get(raised.status, "invalid" if raised.status < 500 else "failed")
        told = error(code, _TEXTS.get(code, _TEXTS["invalid"]))
        told.set_status(raised.status)
        if "Allow" in raised.headers:
            told.headers["Allow"] = raised.headers["Allow"]
        return told
    except TimeoutError:
        return error("timeout", _TEXTS["timeout"])
    except (asyncio.CancelledError, ConnectionError):
        raise
    except Exception:
        _log.exception("a request failed", extra={"method": request.method, "route": route_of(request)})
        return error("failed", _TEXTS["failed"])


async def read_body(request: web.Request, most: int = BODY_BYTES) -> bytes:
    """Return the whole body; raises Refused when it is larger than `most`, TimeoutError when it takes too long."""
    too_long = Refused("too_long", _TEXTS["too_long"])
    if request.content_length is not None and request.content_length > most:
        raise too_long
    parts: list[bytes] = []
    size = 0
    async with asyncio.timeout(BODY_SECONDS):
        async for part in request.content.iter_any():
            size += len(part)
            if size > most:
                raise too_long
            parts.append(part)
    return b"".join(parts)


async def read_json(request: web.Request, shape: type[T]) -> T:
    """Return the body as `shape`; raises Refused that names the field when it is not."""
    body = request[BODY] if BODY in request else await read_body(request)
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as wrong:
        text = Text(f"请求内容不正确：{wrong}", f"The body of the request is wrong: {wrong}")
        raise Refused("invalid", text) from wrong
