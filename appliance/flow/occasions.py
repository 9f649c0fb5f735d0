"""How an event comes about: the input that raises it in a conversation as it is now, or why it cannot happen.

The operator's tests and the proof of his guarantees both make their inputs here, so what one can play the other knows of.
"""

from collections.abc import Callable

from appliance import inputs
from appliance.errors import Text
from appliance.inputs import Input
from appliance.model import Snapshot


class Cannot(Exception):
    """A step asks for something that cannot happen at that moment; `why` says so."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


def occasion(event: str, snapshot: Snapshot, cid: str, text: str = "") -> Input:
    """Return the input that raises `event` (canonical) in an open conversation; raises Cannot when it cannot happen now.

    `text` is what follows the event in a test: the words of a message, a score, the confidence of an answer.
    """
    if event.startswith("custom."):
        return inputs.Custom(event.removeprefix("custom."), cid)
    return _OCCASIONS[event](snapshot, cid, text)


def _wish(snapshot: Snapshot) -> int:
    if snapshot.waiting is None or not snapshot.waiting.asking:
        raise Cannot(Text("这时没有在要客服", "nobody is asking for an agent at this moment"))
    return snapshot.waiting.visit


def _owner(snapshot: Snapshot) -> str:
    if snapshot.held is None:
        raise Cannot(Text("这时没有客服在接待", "no agent is in charge at this moment"))
    return snapshot.held.agent


def _question(snapshot: Snapshot) -> int:
    if snapshot.ai is None:
        raise Cannot(Text("这时没有在问 AI", "the AI has not been asked at this moment"))
    return snapshot.ai.visit


def _answer(snapshot: Snapshot, cid: str, text: str) -> Input:
    """`AI答复 40%` answers with that confidence."""
    share = text.rstrip("%")
    sure = float(share) / 100 if text.endswith("%") and share.replace(".", "", 1).isdigit() else 1.0
    return inputs.AiAnswered(_question(snapshot), text or "…", sure)


_OCCASIONS: dict[str, Callable[[Snapshot, str, str], Input]] = {
    "visitor.message": lambda now, cid, text: inputs.VisitorSaid(cid, text or "…"),
    "visitor.menu": lambda now, cid, text: inputs.VisitorSaid(cid, text or "…", text or "…"),
    "visitor.close": lambda now, cid, text: inputs.VisitorEnded(cid),
    "visitor.left": lambda now, cid, text: inputs.VisitorLeft(),
    "visitor.ask_human": lambda now, cid, text: inputs.VisitorAskedHuman(cid),
    "visitor.rated": lambda now, cid, text: inputs.VisitorRated(cid, int(text) if text.isdecimal() else 5),
    "agent.accept": lambda now, cid, text: inputs.Offered("agent", text or "客服", _wish(now), ""),
    "agent.message": lambda now, cid, text: inputs.AgentSaid(_owner(now), cid, text or "…"),
    "agent.close": lambda now, cid, text: inputs.AgentClosed(_owner(now), cid),
    "agent.transfer": lambda now, cid, text: inputs.AgentTransferred(_owner(now), cid, to_queue=text),
    "agent.lost": lambda now, cid, text: inputs.AgentLost(_owner(now)),
    "assign.none": lambda now, cid, text: inputs.NobodyFree(_wish(now)),
    "ai.answer": _answer,
    "ai.failed": lambda now, cid, text: inputs.AiFailed(_question(now), text or "test"),
}
