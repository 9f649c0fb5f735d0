"""What travels to a mailbox and what comes back: letters and their outcomes."""

from collections import deque
from collections.abc import Callable, Iterable

from msgspec import Struct

from appliance.conversation.permit import Actor
from appliance.errors import Refused, Text
from appliance.inputs import Input
from appliance.model import Millis

RETRY_AFTER_MS = 1_000

FULL = Refused(
    "full",
    Text(
        "这个会话的消息太多，暂时处理不过来。",
        "This conversation has more messages waiting than it can take.",
    ),
    Text("请稍后重试。", "Please try again shortly."),
    retry_after=RETRY_AFTER_MS,
)
UNKNOWN = Refused("unknown", Text("没有这个会话。", "There is no such conversation."))
CONFLICT = Refused(
    "conflict",
    Text("同一个编号已用于另一条消息。", "This client id was used for a different message."),
    Text("请用新编号重发。", "Send it again under a new id."),
)
LATE = Refused("late", Text("晚了一步，情况已变。", "Too late: this is no longer asked for."))


class Acked(Struct, frozen=True, gc=False):
    """What was asked is committed at `seq`; time `at` in ms."""

    conversation: str
    seq: int
    at: Millis


class RetryLater(Struct, frozen=True, gc=False):
    """Nothing was committed, through no fault of the sender; ask again after so many ms."""

    retry_after: int


RETRY = RetryLater(RETRY_AFTER_MS)

Outcome = Acked | Refused | RetryLater
Reply = Callable[[Outcome], None]


class Letter(Struct, gc=False):
    """One input on its way, who sends it, when it arrived, and who wants to know what became of it."""

    actor: Actor
    input: Input
    at: Millis
    reply: Reply | None = None


def sent_back(letters: Iterable[Letter]) -> deque[Letter]:
    """Answer RETRY to whoever wants an answer; return the letters of the others, in order."""
    kept: deque[Letter] = deque()
    for letter in letters:
        if letter.reply is None:
            kept.append(letter)
        else:
            letter.reply(RETRY)
    return kept
