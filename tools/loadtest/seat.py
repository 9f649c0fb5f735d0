"""One simulated person of a load: who he is, what he has said, what he was shown, and how he comes back when he is cut off."""

import time
from collections import defaultdict, deque
from random import Random
from typing import NamedTuple

from tools.loadtest.person import MOST_UNACKED, Person
from tools.loadtest.tally import Reader, Stream, View, marked

BACKOFF = (1.0, 30.0)
"""Seconds until the first try to reconnect, and at most, +-50 %: what our pages do."""

RESEND = (2.0, 30.0)
"""The same for sending again what has no ack."""


class Words(NamedTuple):
    """A message that is to be sent: where, and when it was due."""

    conversation: str | None
    due: float


class Seat:
    """`name` is "v12" or "a3"; a visitor has one stream, an agent one in each conversation."""

    def __init__(self, name: str, person: Person, dice: Random, run: str) -> None:
        self.name = name
        self._run = run
        self.person = person
        self.streams: dict[str, Stream] = {}
        self.views: dict[str, View] = {}
        self.arrived = False
        self.greeted = False
        self.served = False
        self.vip = False
        self.asked_at = 0.0
        self.cut_at: float | None = None
        self.deaf_until = 0.0
        """What was due before and he did not read then says nothing about the server's speed."""
        self.coming = False
        self._dice = dice
        self._tries = 0
        self._numbers: dict[str, tuple[str, int]] = {}
        """The (stream, number) of each message without an answer, by client id."""
        self._held: deque[tuple[Words, str]] = deque()
        self._where: defaultdict[str, set[str]] = defaultdict(set)
        """The streams that were heard in each conversation."""
        self._resends = 0
        self._sent_again_at = 0.0

    # ---- writing

    def say(self, filler: str, words: Words) -> bool:
        """Send a message, or hold it while MOST_UNACKED are under way; return whether it went out.

        Its due time travels with it, so a held message's latency counts from when it was to be sent.
        """
        if len(self.person.outbox) >= MOST_UNACKED:
            self._held.append((words, filler))
            return False
        key = self.name if not self.person.staff else f"{self.name}/{words.conversation}"
        stream = self.streams.get(key)
        if stream is None:
            stream = self.streams[key] = Stream()
        stream.said += 1
        # How long a message waits for an agent is the shop's business, not the speed of kefu: it carries no time.
        reader = self.person.staff or self.served
        text = marked(filler, self._run, self.name, stream.said, int(words.due * 1e6) if reader else 0)
        cid = self.person.say(text, words.conversation, words.due)
        self._numbers[cid] = (key, stream.said)
        return True

    def acked(self, cid: str) -> bool:
        """Its message is stored: it is no longer open, and one that was held may go out; return whether one did."""
        self._numbers.pop(cid, None)
        self._resends = 0
        return bool(self._held) and self.say_held()

    def say_held(self) -> bool:
        """Send what was held longest."""
        words, filler = self._held.popleft()
        return self.say(filler, words)

    def send_again(self, now: float) -> None:
        """Send again what has waited too long for its ack, ever more slowly."""
        if not self.person.outbox:
            return
        least, most = RESEND
        wait = min(most, least * 2**self._resends)
        if now - self._sent_again_at > wait and self.person.send_again(older_than=wait):
            self._resends += 1
            self._sent_again_at = now

    def settle(self) -> dict[str, Stream]:
        """Return the streams with what is still open, was held, or was refused for good."""
        for cid, _ in self.person.journal.refused:
            stream, number = self._numbers.pop(cid, ("", 0))
            if stream:
                self.streams[stream].refused.append(number)
        for stream, number in self._numbers.values():
            self.streams[stream].open.append(number)
        for each in self.streams.values():
            each.ordered = not self.person.deferred
        return self.streams

    @property
    def under_way(self) -> int:
        """Messages without an answer, those that wait to be sent included."""
        return len(self.person.outbox) + len(self._held)

    @property
    def held(self) -> int:
        """Messages that wait to be sent."""
        return len(self._held)

    # ---- reading

    def shown(self, conversation: str, stream: str, number: int) -> None:
        """He was shown a message of the load."""
        self._where[conversation].add(stream)
        view = self.views.get(stream)
        if view is None:
            view = self.views[stream] = View()
        view.take(number)

    def reader(self) -> Reader:
        """Return what he was shown."""
        gaps = {conversation for conversation, _, _ in self.person.journal.gaps}
        gapped = {stream for conversation in gaps for stream in self._where.get(conversation, ())}
        if self.person.staff:
            gapped |= {f"{self.name}/{conversation}" for conversation in gaps}
        return Reader(self.name, self.views, gapped)

    # ---- coming back

    def pause(self, code: int) -> float:
        """Return the seconds until the next try to connect."""
        least, most = BACKOFF
        wait = min(most, least * 2.0**self._tries)
        self._tries += 1
        # 1012 and 1013 say that the server is going or full: everybody stays away a little longer.
        longer = self._dice.uniform(0.0, 2.0) if code in (1012, 1013) else 0.0
        return wait * self._dice.uniform(0.5, 1.5) + longer

    def back(self) -> float | None:
        """He is welcome: return the seconds since he was cut off, None when he was not."""
        self._tries = 0
        if self.cut_at is None:
            return None
        took, self.cut_at = time.perf_counter() - self.cut_at, None
        return took
