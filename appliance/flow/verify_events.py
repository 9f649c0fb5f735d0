"""Everything that may happen to a conversation at one moment, whatever the flow thinks of it.

The environment is free: a visitor writes, leaves or rates when he likes, a supervisor may write or close at any time, facts
such as opening hours change between any two events.  Only what the appliance itself refuses cannot happen: an agent who
owns nothing loses nothing, nobody accepts what nobody asked for.
"""

from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from appliance import inputs
from appliance.config.references import walk
from appliance.config.spec import Spec
from appliance.config.vocabulary import CUSTOM_EVENT, EVENT_NAMES, VARIABLE_NAMES
from appliance.errors import Text
from appliance.flow.guard_types import DATA
from appliance.flow.occasions import Cannot, occasion
from appliance.flow.verify_looks import QUEUE_NAME, Looks
from appliance.flow.verify_samples import Samples
from appliance.inputs import Input
from appliance.model import Snapshot, Value, Visitor

SUPERVISOR = "supervisor"
MOST_TRANSFERS = 3
"""A conversation is transferred no more often than this (conversation/permit.py)."""
_KNOWN = Text("访客的身份或标签变了", "What is known of the visitor changes")
_SUPERVISOR_SAID = Text("主管发来一条消息", "A supervisor sends a message")
_SUPERVISOR_CLOSED = Text("主管结束了会话", "A supervisor closes the conversation")
_TAGGED = Text("客服改了会话标签", "Staff change the tags of the conversation")


Values = tuple[tuple[str, Value], ...]
"""What comes with an event, by the names that guards have for it."""


class Happening(Struct, frozen=True):
    """Something that may happen: `event` as flows know it ("" for none), `make` gives its input.

    `says` and `values` are how it is told.  `make` raises Cannot when it cannot happen to that conversation.
    """

    event: str
    says: Text
    make: Callable[[Snapshot], Input]
    values: Values = ()


class Events:
    """The happenings of one flow.  `openings` begin a conversation, `later` may happen to an open one."""

    def __init__(self, spec: Spec, looks: Looks, samples: Samples) -> None:
        self._samples = samples
        self._reads = looks.names
        self._overflow = {queue.name: queue.overflow.to for queue in spec.queues if queue.overflow}
        # Where one may be sent, one queue for all that no guard tells apart.
        queues = {looks.queue_class(queue.name): queue.name for queue in spec.queues}
        self._queues = tuple(queues.values()) if QUEUE_NAME in looks.names else ()
        listened = {handler.event for state in walk(spec.main.states) for handler in state.on}
        promised = {each.on for each in spec.main.guarantees if each.on}
        self._custom = sorted(event for event in listened | promised if event.startswith(CUSTOM_EVENT))
        self._menus = tuple(str(menu) for menu in samples.of("menu"))
        chosen = "visitor.menu" in listened | promised and not any(self._menus)
        self._chosen = tuple(menu for menu in self._menus if menu) or (
            spec.welcome.menu[:1] if chosen else ()
        )
        if chosen and not self._chosen:
            self._chosen = ("…",)
        self.openings = tuple(self._openings())
        self.later = tuple(self._later())

    def _openings(self) -> Iterator[Happening]:
        said = EVENT_NAMES["visitor.message"].about
        for visitor in self._samples.visitors:
            for menu in self._menus:
                for text in self._samples.of("event.text"):
                    opened = inputs.Opened(visitor, "", "c0", str(text or "…"), menu, conversation="test")
                    values = _some([("menu", menu), *self._of(visitor)])
                    yield Happening("", said, _always(opened), values)

    def _of(self, visitor: Visitor) -> list[tuple[str, Value]]:
        """Return what tells this visitor from a stranger."""
        plain = Visitor("visitor")
        fields = ("level", "tags", "signed", "channel", "lang", "page")
        return [
            (f"visitor.{name}", getattr(visitor, name))
            for name in fields
            if getattr(visitor, name) != getattr(plain, name)
        ]

    def _later(self) -> Iterator[Happening]:
        for event in (
            "visitor.close",
            "visitor.left",
            "visitor.ask_human",
            "agent.lost",
            "assign.none",
        ):
            yield _plain(event)
        for queue in ("", *self._queues):
            yield _transfer("transfers" in self._reads, queue)
        for text in self._samples.of("event.text"):
            yield _plain("visitor.message", str(text or "…"), show="event.text" in self._reads)
            yield from self._agents(str(text or "…"))
            for menu in self._chosen:
                yield _menu(menu, str(text or menu))
            for sure in self._samples.of("ai.confidence"):
                yield _answer(float(sure), str(text or "…"), "ai.confidence" in self._reads)
        for score in self._samples.of("event.score"):
            yield _plain("visitor.rated", str(score), show="event.score" in self._reads)
        for agent in self._samples.of("event.agent"):
            yield _accept(str(agent), "event.agent" in self._reads)
            if self._queues and self._overflow:
                yield _accept(str(agent), "event.agent" in self._reads, self._overflow)
        for reason in self._samples.of("event.reason"):
            yield _plain("ai.failed", str(reason or "…"), show="event.reason" in self._reads)
        for event in self._custom:
            for data in self._samples.data():
                yield _custom(event, data)
        yield from self._profiles()

    def _agents(self, text: str) -> Iterator[Happening]:
        show = "event.text" in self._reads
        yield _plain("agent.message", text, show=show)
        yield _plain("agent.close")
        # A supervisor may write and close whoever owns the conversation, and while nobody does.
        alike = not self._reads & {"served", "event.agent"}
        yield Happening(
            "agent.message", _SUPERVISOR_SAID, _unless_owned(alike, inputs.AgentSaid(SUPERVISOR, "c", text))
        )
        yield Happening(
            "agent.close", _SUPERVISOR_CLOSED, _unless_owned(alike, inputs.AgentClosed(SUPERVISOR, "c"))
        )

    def _profiles(self) -> Iterator[Happening]:
        """Yield the changes of what is known of the visitor that some guard can tell apart."""
        visitors = self._samples.visitors
        for visitor in visitors if len(visitors) > 1 else ():
            yield Happening("", _KNOWN, _known(visitor), _some(self._of(visitor)))
        if "tags" in self._reads:
            for tags in self._samples.of("tags"):
                tagged = inputs.StaffTagged(SUPERVISOR, "c", tuple(tags))
                yield Happening("", _TAGGED, _always(tagged), (("tags", tags),))


def _some(values: list[tuple[str, Value]]) -> Values:
    return tuple((name, value) for name, value in values if value not in ("", (), None))


def _always(source: Input) -> Callable[[Snapshot], Input]:
    return lambda now: source


def _unless_owned(alike: bool, source: Input) -> Callable[[Snapshot], Input]:
    """Return `source`, unless the agent in charge does the same and no guard could tell the two apart."""

    def make(now: Snapshot) -> Input:
        if alike and now.held is not None:
            raise Cannot(Text("和客服自己做一样", "the same as the agent himself"))
        return source

    return make


def _known(visitor: Visitor) -> Callable[[Snapshot], Input]:
    def make(now: Snapshot) -> Input:
        if now.visitor == visitor:
            raise Cannot(Text("没有变化", "nothing changes"))
        return inputs.VisitorKnown(visitor)

    return make


def _plain(event: str, text: str = "", show: bool = False) -> Happening:
    names = {"visitor.rated": "event.score", "ai.failed": "event.reason"}
    values = ((names.get(event, "event.text"), text),) if show else ()
    return Happening(event, EVENT_NAMES[event].about, lambda now: occasion(event, now, "c", text), values)


def _transfer(counted: bool, queue: str) -> Happening:
    def make(now: Snapshot) -> Input:
        if counted and now.transfers >= MOST_TRANSFERS:
            raise Cannot(Text("已经转接了太多次", "transferred too often"))
        return occasion("agent.transfer", now, "c", queue)

    values = ((QUEUE_NAME, queue),) if queue else ()
    return Happening("agent.transfer", EVENT_NAMES["agent.transfer"].about, make, values)


def _menu(item: str, text: str) -> Happening:
    said = inputs.VisitorSaid("c", text, item)
    return Happening("visitor.menu", EVENT_NAMES["visitor.menu"].about, _always(said), (("menu", item),))


def _answer(sure: float, text: str, show: bool) -> Happening:
    def make(now: Snapshot) -> Input:
        return replace(occasion("ai.answer", now, "c", text), text=text, confidence=sure)

    values = (("ai.confidence", sure),) if show else ()
    return Happening("ai.answer", EVENT_NAMES["ai.answer"].about, make, values)


def _accept(agent: str, show: bool, overflow: Mapping[str, str] | None = None) -> Happening:
    """An agent of the queue itself accepts; with `overflow`, one of the queue that it flows over to."""

    def make(now: Snapshot) -> Input:
        offered = occasion("agent.accept", now, "c")
        if overflow is None or now.waiting is None:
            return replace(offered, agent=agent)
        if now.waiting.queue not in overflow:
            raise Cannot(Text("这个组没有溢出", "this queue does not flow over"))
        return replace(offered, agent=agent, queue=overflow[now.waiting.queue])

    values = (("event.agent", agent),) if show else ()
    return Happening("agent.accept", EVENT_NAMES["agent.accept"].about, make, values)


def _custom(event: str, data: dict[str, Value]) -> Happening:
    says = Text(f"外部事件 {event}", f"{event} arrives from outside")
    values = tuple((DATA + name, value) for name, value in data.items())
    return Happening(event, says, _always(inputs.Custom(event.removeprefix(CUSTOM_EVENT), "c", data)), values)


def with_values(says: Text, values: Values) -> Text:
    """Return a sentence with these values behind it, each by the name it has in guards."""
    if not values:
        return says
    zh = "，".join(f"{_name(name).zh}={_shown(name, value)}" for name, value in values)
    en = ", ".join(f"{_name(name).en}={_shown(name, value)}" for name, value in values)
    return Text(f"{says.zh}（{zh}）", f"{says.en} ({en})")


def _name(name: str) -> Text:
    word = VARIABLE_NAMES.get(name)
    return Text(word.zh, word.name) if word else Text(name, name)


def _shown(name: str, value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if name in VARIABLE_NAMES and VARIABLE_NAMES[name].type == "percent":
        return f"{value * 100:g}%"
    return ", ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
