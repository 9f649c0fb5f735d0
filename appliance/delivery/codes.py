"""How a connection ends and why a request is refused, as data.

A close code says in its range whether the client should come back, so that a client of any age behaves: 4000-4499 and
the registered 1012 and 1013 mean "come back", 4500-4999 and 1009 mean "stay away until a person does something".
The browser code, the log line and schema/asyncapi.yaml all read these two tables.
"""

from msgspec import Struct

from appliance.errors import ProtocolError, Text


class CloseCode(Struct, frozen=True):
    """One way a connection ends.  `comes_back` tells whether the client reconnects by itself."""

    code: int
    name: str
    comes_back: bool
    meaning: Text


DRAIN = 1012
OVERLOAD = 1013
TOO_BIG = 1009
SLOW = 4008
POSITION_LOST = 4010
NO_PONG = 4012
AUTH = 4500
BAD_FRAME = 4501
ORIGIN = 4502
REPLACED = 4503
LIMIT = 4504

CLOSE_CODES: dict[int, CloseCode] = {
    row.code: row
    for row in (
        CloseCode(
            DRAIN,
            "drain",
            True,
            Text("服务正在重启，稍后自动重连。", "The service restarts; come back shortly."),
        ),
        CloseCode(
            OVERLOAD,
            "overload",
            True,
            Text("服务繁忙，稍后自动重连。", "The service is overloaded; come back later."),
        ),
        CloseCode(
            SLOW,
            "slow",
            True,
            Text("连接太慢，重连后补齐。", "The connection read too slowly; it resumes by its cursor."),
        ),
        CloseCode(
            POSITION_LOST,
            "position_lost",
            True,
            Text(
                "位置已失效，重连后重新同步。",
                "The position is not known here; drop all cursors and sync anew.",
            ),
        ),
        CloseCode(
            NO_PONG, "no_pong", True, Text("心跳超时，自动重连。", "No answer to the heartbeat; reconnect.")
        ),
        CloseCode(TOO_BIG, "too_big", False, Text("数据帧超过上限。", "The frame is larger than allowed.")),
        CloseCode(
            AUTH,
            "auth",
            False,
            Text("身份无效或已失效，请重新登录。", "Not signed in, or no longer; sign in again."),
        ),
        CloseCode(
            BAD_FRAME,
            "bad_frame",
            False,
            Text("数据帧不符合协议。", "The frame does not follow the protocol."),
        ),
        CloseCode(ORIGIN, "origin", False, Text("来源网站不在允许之列。", "This origin is not allowed.")),
        CloseCode(
            REPLACED,
            "replaced",
            False,
            Text("已在别处打开，此处断开。", "Opened elsewhere; this session was replaced."),
        ),
        CloseCode(LIMIT, "limit", False, Text("请求过于频繁。", "Far too many frames.")),
    )
}
"""All codes the appliance closes with; 1000, 1001 and 1006 are the peer's or the network's own."""

REFUSALS: dict[str, Text] = {
    "too_long": Text("消息太长。", "The message is too long."),
    "not_yours": Text("这个会话不由您负责。", "This conversation is not yours."),
    "closed": Text("会话已结束。", "This conversation has ended."),
    "conflict": Text("同一个编号已用于另一条消息。", "This client id was used for a different message."),
    "unknown": Text("没有这个会话。", "There is no such conversation."),
    "full": Text("待处理的消息太多，请稍后重试。", "Too many messages are waiting; try again shortly."),
    "rate": Text("发送得太快，请稍候。", "Too many messages in a short time; wait a moment."),
    "invalid": Text("请求的内容不完整或不正确。", "The request is incomplete or wrong."),
    "denied": Text("您没有权限这样做。", "You are not allowed to do this."),
    "unavailable": Text(
        "服务暂时不可用，请稍后重试。", "The service is unavailable for the moment; try again shortly."
    ),
    "late": Text("晚了一步，情况已变。", "Too late: this is no longer asked for."),
}
"""Why one request is refused while the connection goes on: the word on the wire and its default sentence."""


def reason(code: int, retry_after: int | None = None) -> str:
    """Return the reason that stands in the close frame: the name of the code, or the ms to wait with 1013."""
    if retry_after is not None:
        return str(retry_after)
    row = CLOSE_CODES.get(code)
    return row.name if row else ""


def broken(code: int, zh: str, en: str) -> ProtocolError:
    """Return the error for a peer that broke the protocol: `zh` and `en` say where and what."""
    return ProtocolError(code, Text(zh, en), CLOSE_CODES[code].meaning)
