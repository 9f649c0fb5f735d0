"""What a frame asks of a conversation: the translation of sends and acts into inputs.

Whether the act is complete and whether this sort of peer has such an act is decided here; whether he may do it in this
conversation at this moment is decided in its mailbox (conversation/permit.py).
"""

from collections.abc import Callable, Mapping
from typing import Final

from appliance import inputs
from appliance.delivery.codes import REFUSALS
from appliance.delivery.commands import Peer
from appliance.delivery.frames import Do, Retry, Send
from appliance.delivery.frames import Refused as RefusedFrame
from appliance.errors import Refused, Text
from appliance.inputs import Input

MESSAGE_BYTES = 8_192
MOST_TAGS = 32
MOST_FIELDS = 32


def input_of(frame: Send | Do, peer: Peer, message_bytes: int = MESSAGE_BYTES) -> Input | None:
    """Return the input that `frame` is, None for the acts that the desk decides (accept, decline, take).

    Raises Refused: too_long, invalid (something missing or out of range), denied (not an act of this sort of peer).
    """
    if isinstance(frame, Send):
        return _said(frame, peer, message_bytes)
    acts = _VISITOR_ACTS if peer.role == "visitor" else _STAFF_ACTS
    make = acts.get(frame.act)
    if make is None or (frame.act in ("join", "leave") and not peer.chief):
        raise Refused("denied", REFUSALS["denied"])
    for text in (frame.comment, frame.note, *(frame.tags or ()), *_flat(frame.fields)):
        _check_text(text, message_bytes)
    return make(frame, peer)


def refusal(cid: str, refused: Refused) -> RefusedFrame:
    """Return the frame that answers what was sent under `cid` with a refusal."""
    return RefusedFrame(cid, refused.code, refused.say("zh"), refused.say("en"), refused.retry_after)


def count_refusal(counts: dict[str, int], frame: RefusedFrame | Retry) -> None:
    """Count a refusal by its code; "retry" is what was sent back through no fault of its sender."""
    code = "retry" if isinstance(frame, Retry) else frame.code
    counts[code] = counts.get(code, 0) + 1


def _said(frame: Send, peer: Peer, message_bytes: int) -> Input:
    text = frame.text
    _check_text(text, message_bytes)
    if not text or text.isspace():
        raise _invalid("消息是空的。", "The message is empty.")
    if peer.role == "visitor":
        if frame.note:
            raise Refused("denied", REFUSALS["denied"])
        return inputs.VisitorSaid(frame.cid, text, frame.menu)
    if frame.conversation is None:
        raise _invalid("没有指明会话。", "The conversation is missing.")
    if frame.note:
        return inputs.AgentNoted(peer.id, frame.cid, text, peer.name)
    return inputs.AgentSaid(peer.id, frame.cid, text, peer.name)


def _check_text(text: str, message_bytes: int) -> None:
    # Most texts are short enough in any encoding; only the others are worth encoding to be measured.
    if len(text) * 4 > message_bytes:
        size = len(text.encode())
        if size > message_bytes:
            raise Refused(
                "too_long",
                Text(
                    f"消息有 {size} 字节，上限是 {message_bytes} 字节。",
                    f"The message has {size} bytes; at most {message_bytes} are allowed.",
                ),
                Text("请缩短或分几条发送。", "Shorten it, or send it in parts."),
            )
    if "\0" in text:
        raise _invalid("文字中有空字符。", "The text contains a NUL character.")


def _flat(fields: Mapping[str, str] | None) -> list[str]:
    return [text for pair in (fields or {}).items() for text in pair]


def _invalid(zh: str, en: str) -> Refused:
    return Refused("invalid", Text(zh, en))


def _rated(frame: Do, peer: Peer) -> Input:
    if frame.score is None or not 1 <= frame.score <= 5:
        raise _invalid("评分须为 1 到 5。", "The score must be between 1 and 5.")
    return inputs.VisitorRated(frame.cid, frame.score, frame.comment)


def _form(frame: Do, peer: Peer) -> Input:
    if not frame.fields or len(frame.fields) > MOST_FIELDS or not any(frame.fields.values()):
        raise _invalid("表单是空的或字段太多。", "The form is empty or has too many fields.")
    return inputs.FormSent(frame.cid, frame.fields)


def _recalled(frame: Do, peer: Peer) -> Input:
    if frame.seq is None:
        raise _invalid("没有指明要撤回的消息。", "The message to recall is missing.")
    # A visitor is known to the log as the empty sender, see records.Entry.
    return inputs.Recalled("" if peer.role == "visitor" else peer.id, frame.cid, frame.seq)


def _offer(frame: Do, peer: Peer) -> None:
    if frame.visit is None:
        raise _invalid("没有指明邀约编号。", "The number of the offer is missing.")


def _take(frame: Do, peer: Peer) -> None:
    return None


def _transferred(frame: Do, peer: Peer) -> Input:
    if bool(frame.to_agent) == bool(frame.to_queue):
        raise _invalid("须指明一位客服或一个队列。", "Name either an agent or a queue.")
    return inputs.AgentTransferred(peer.id, frame.cid, frame.to_agent, frame.to_queue, frame.note, peer.name)


def _tagged(frame: Do, peer: Peer) -> Input:
    if frame.tags is None or len(frame.tags) > MOST_TAGS:
        raise _invalid(f"标签最多 {MOST_TAGS} 个。", f"At most {MOST_TAGS} tags, please.")
    return inputs.StaffTagged(peer.id, frame.cid, tuple(dict.fromkeys(frame.tags)), peer.chief)


_Make = Callable[[Do, Peer], Input | None]
_VISITOR_ACTS: Final[Mapping[str, _Make]] = {
    "end": lambda frame, peer: inputs.VisitorEnded(frame.cid),
    "ask_human": lambda frame, peer: inputs.VisitorAskedHuman(frame.cid),
    "rate": _rated,
    "form": _form,
    "recall": _recalled,
}
_STAFF_ACTS: Final[Mapping[str, _Make]] = {
    "accept": _offer,
    "decline": _offer,
    "take": _take,
    "close": lambda frame, peer: inputs.AgentClosed(peer.id, frame.cid),
    "transfer": _transferred,
    "tag": _tagged,
    "recall": _recalled,
    "join": lambda frame, peer: inputs.StaffJoined(peer.id, frame.cid, peer.name, True),
    "leave": lambda frame, peer: inputs.StaffJoined(peer.id, frame.cid, peer.name, False),
}
