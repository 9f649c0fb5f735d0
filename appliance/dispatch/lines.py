"""The lines in which conversations wait: their order, and which of them an agent may be given.

A line keeps two sorted lists.  `standing` has everybody, for the position that a visitor is shown; `askers` only those who want
an agent now, so that a slot that comes free looks at nobody else.  A conversation that a transfer promised to one agent asks in
that agent's own list, where it cannot stand in the way of others.
"""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterable
from operator import itemgetter
from statistics import median_low
from typing import Any

from appliance.dispatch.roster import Slot
from appliance.dispatch.rules import ONLY_PATIENCE, QueueRule
from appliance.effects import WantAgent
from appliance.model import Millis, Value

Key = tuple[int, int, Millis, int]
"""A place in a line: rank, -priority, since, and the number of arrival at the desk, which makes it unique."""

AGED, VIP, LIVE, LEFT_VIP, LEFT = range(5)
"""Ranks: who has waited longest, VIPs, everybody, and after all of them the offline messages."""

Place = tuple[int, int, Key]
"""An order across lines: the aged of all lines by age, then line by line, then the offline messages."""

REMEMBERED_WAITS = 20


class Wish:
    """One conversation at the desk.

    `passed` maps agents who are not to get it to the time since when; `only` is the agent a transfer names, while that
    binds (until `only_until`); `overflow` is the second queue it asks in; `slot` is the offer that is out.  `entered` is
    when it took its place as far as the desk knows: a re-queued one keeps `since` but has not waited all that time.
    """

    __slots__ = (
        "conversation",
        "due",
        "entered",
        "key",
        "listed",
        "number",
        "only",
        "only_until",
        "overflow",
        "passed",
        "reasons",
        "slot",
        "told",
        "want",
    )

    def __init__(self, conversation: str, number: int, want: WantAgent, entered: Millis) -> None:
        self.conversation = conversation
        self.number = number
        self.entered = entered
        self.due: Millis | None = None
        self.key: Key | None = None
        self.listed: list[tuple[list[Any], Any]] = []
        self.slot: Slot | None = None
        self.renew(want, entered)

    def renew(self, want: WantAgent, now: Millis) -> None:
        """Begin a new wish: nothing that was found out about the former one counts for it."""
        self.want = want
        self.only = want.only
        self.only_until: Millis = now + ONLY_PATIENCE
        self.overflow = ""
        self.passed: dict[str, Millis] = {want.avoid: now} if want.avoid else {}
        self.told = False
        self.reasons: dict[str, Value] = {}

    @property
    def open(self) -> bool:
        """Whether an agent is to be found for it now."""
        return self.want.asking and self.slot is None

    @property
    def queues(self) -> tuple[str, ...]:
        """The queues whose agents may serve it, its own first."""
        return (self.want.queue, self.overflow) if self.overflow else (self.want.queue,)


class Line:
    """One queue: its rule, its place among the queues, and who stands in it."""

    __slots__ = ("askers", "expected", "index", "moved", "rule", "standing", "waits")

    def __init__(self, rule: QueueRule, index: int) -> None:
        self.rule = rule
        self.index = index
        self.standing: list[Key] = []
        self.askers: list[Key] = []
        self.moved = False
        self.waits: deque[Millis] = deque(maxlen=REMEMBERED_WAITS)
        self.expected: Millis | None = None

    def key(self, wish: Wish, now: Millis) -> Key:
        """Return where this wish stands in this line at `now`."""
        want, rule = wish.want, self.rule
        vip = rule.vip_first and want.vip
        if want.left:
            return (LEFT_VIP if vip else LEFT, -want.priority, want.since, wish.number)
        if rule.ageing and now - want.since >= rule.ageing:
            return (AGED, 0, want.since, wish.number)
        return (VIP if vip else LIVE, -want.priority, want.since, wish.number)

    def place(self, key: Key) -> Place:
        """Return how a key of this line compares with keys of other lines."""
        if key[0] == AGED:
            return (0, 0, key)
        return (2 if key[0] >= LEFT_VIP else 1, self.index, key)

    @property
    def length(self) -> int:
        """How many visitors stand here; offline messages are not counted."""
        return bisect_left(self.standing, LEFT_VIP, key=itemgetter(0))

    def position(self, key: Key) -> int:
        """Return the place of a key, from 1."""
        return bisect_left(self.standing, key) + 1

    def waited(self, wait: Millis) -> None:
        """Remember how long somebody waited; the expected wait is the median of the last ones."""
        self.waits.append(max(0, wait))
        self.expected = median_low(self.waits)


class WaitingRoom:
    """All lines, and every conversation that stands in one of them."""

    def __init__(self, rules: Iterable[QueueRule]) -> None:
        self.lines: dict[str, Line] = {}
        self.wishes: dict[str, Wish] = {}
        self.by_number: dict[int, Wish] = {}
        self.meant: dict[str, list[Place]] = {}
        self._number = 0
        for rule in rules:
            self.add_rule(rule)

    def add_rule(self, rule: QueueRule) -> Line:
        """Add a line behind the others, or return the one of this name."""
        line = self.lines.get(rule.name)
        if line is None:
            line = self.lines[rule.name] = Line(rule, len(self.lines))
        return line

    def arrive(self, conversation: str, want: WantAgent, entered: Millis) -> Wish:
        """Return a new wish for a conversation that had none; it stands nowhere yet."""
        self._number += 1
        wish = Wish(conversation, self._number, want, entered)
        self.wishes[conversation] = wish
        self.by_number[wish.number] = wish
        return wish

    def adopt(self, wish: Wish) -> None:
        """Take over a wish, with its number, from a room that is given up."""
        self._number = max(self._number, wish.number)
        self.wishes[wish.conversation] = wish
        self.by_number[wish.number] = wish

    def put(self, wish: Wish, now: Millis) -> None:
        """Stand the wish where it belongs now, wherever it stood before."""
        home = self.lines[wish.want.queue]
        key = home.key(wish, now)
        self.settle(wish)
        if key != wish.key:
            self.leave(wish)
            home.moved = True
            wish.key = key
            insort(home.standing, key)
        if not wish.open:
            return
        if wish.only:
            place = home.place(key)
            meant = self.meant.setdefault(wish.only, [])
            insort(meant, place)
            wish.listed.append((meant, place))
            return
        for queue in wish.queues:
            line = self.lines[queue]
            there = key if line is home else line.key(wish, now)
            insort(line.askers, there)
            wish.listed.append((line.askers, there))

    def settle(self, wish: Wish) -> None:
        """Ask for nobody any more (an offer is out), but keep the place in the line."""
        for keys, key in wish.listed:
            del keys[bisect_left(keys, key)]
        wish.listed.clear()
        if wish.only and not self.meant.get(wish.only, True):
            del self.meant[wish.only]

    def fall_back(self, wish: Wish) -> None:
        """The agent it was meant for is not waited for any more; `put` it to let the whole queue serve it."""
        self.settle(wish)
        wish.only = ""

    def renew(self, wish: Wish, want: WantAgent, now: Millis) -> None:
        """Replace a wish by a new one of the same conversation; it stands nowhere until it is `put`."""
        self.leave(wish)
        wish.renew(want, now)

    def update(self, wish: Wish, want: WantAgent) -> None:
        """Take over what the conversation says anew about the same wish; `put` it to let that count."""
        self.leave(wish)
        wish.want = want

    def leave(self, wish: Wish) -> None:
        """Take the wish out of every list; it stays known."""
        self.settle(wish)
        if wish.key is not None:
            home = self.lines[wish.want.queue]
            home.moved = True
            del home.standing[bisect_left(home.standing, wish.key)]
            wish.key = None

    def drop(self, conversation: str) -> Wish | None:
        """Forget a conversation; return its wish, or None when it had none."""
        wish = self.wishes.pop(conversation, None)
        if wish is not None:
            self.leave(wish)
            del self.by_number[wish.number]
            wish.due = None
        return wish

    def askers(self, queue: str) -> list[Wish]:
        """Return those who want an agent in this queue now, in order."""
        return [self.by_number[key[3]] for key in self.lines[queue].askers]

    def standing(self, queue: str) -> list[Wish]:
        """Return everybody who stands in this queue, in order."""
        return [self.by_number[key[3]] for key in self.lines[queue].standing]
