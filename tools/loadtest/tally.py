"""The compact journal: what was sent and what was shown, as counters, so that a million messages fit in a few hundred kilobytes.

Every message of a load carries a mark: whose stream it belongs to, its number in it, and when it was due.  Numbers are dense, so
each reader needs only the last one he saw and the few that are missing to tell losses, doubles and breaks of order exactly.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from msgspec import Struct

SIGN = " #"
MOST_SENTENCES = 50


class Mark(NamedTuple):
    """What a message of the load carries: its stream, its number in it from 1, when it was due (µs of the machine's clock;
    0: nobody is there to read it yet)."""

    stream: str
    number: int
    due_us: int


def marked(filler: str, run: str, stream: str, number: int, due_us: int) -> str:
    """Return the text of a message; `run` tells this run's messages from those of earlier ones on the same appliance."""
    return f"{filler}{SIGN}{run}.{stream}.{number:x}.{due_us:x}"


def mark_of(text: str, conversation: str, run: str) -> Mark | None:
    """Return the mark of a message that was read in `conversation`; None for what is not of this run.

    A visitor has one stream wherever he speaks; an agent has one in each conversation.
    """
    _, sign, rest = text.rpartition(SIGN)
    parts = rest.split(".")
    if not sign or len(parts) != 4 or parts[0] != run:
        return None
    _, stream, number, due = parts
    try:
        stream = stream if stream.startswith("v") else f"{stream}/{conversation}"
        return Mark(stream, int(number, 16), int(due, 16))
    except ValueError:
        return None


class Stream(Struct):
    """What one writer sent.  `open` are without an answer, `refused` were refused for good; `ordered`: none was put off."""

    said: int = 0
    refused: list[int] = []
    open: list[int] = []
    ordered: bool = True


class View(Struct):
    """What one reader saw of one stream."""

    last: int = 0
    missing: set[int] = set()
    doubled: int = 0
    disordered: int = 0

    def take(self, number: int) -> None:
        """The reader is shown this number."""
        if number == self.last + 1:
            self.last = number
        elif number > self.last:
            self.missing.update(range(self.last + 1, number))
            self.last = number
        elif number in self.missing:
            self.missing.remove(number)
            self.disordered += 1
        else:
            self.doubled += 1

    def unseen(self, said: int) -> set[int]:
        """Return the numbers up to `said` that were never shown."""
        return self.missing | set(range(self.last + 1, said + 1))


class Reader(Struct):
    """Everything one person was shown; `name` as in the streams: "v12", "a3".

    `gapped` are streams of conversations in which he was told of a gap: too much had happened while he was away, and what is
    missing there is history that he can ask for.  Of these he is no witness against kefu.
    """

    name: str
    views: dict[str, View]
    gapped: set[str] = set()


class Found(Struct):
    """What the journals tell: counts, and the first sentences about them."""

    lost: int = 0
    duplicated: int = 0
    out_of_order: int = 0
    findings: list[str] = []


def writer_of(stream: str) -> str:
    """Return whose stream it is."""
    return stream.partition("/")[0]


def judged(streams: Mapping[str, Stream], readers: Iterable[Reader]) -> Found:
    """Compare all that was sent with all that was shown.

    What is still open may be stored or not, so it is neither lost nor owed.  A visitor whom none of our agents served has only
    his own page for a witness.
    """
    found = Found()
    own: dict[str, View] = {}
    others: dict[str, list[View]] = defaultdict(list)
    excused: set[str] = set()
    for reader in readers:
        for name, view in reader.views.items():
            _look(found, reader.name, name, view, streams.get(name))
            if name in reader.gapped:
                excused.add(name)
            elif writer_of(name) == reader.name:
                own[name] = view
            else:
                others[name].append(view)
    for name, stream in streams.items():
        owed = set(range(1, stream.said + 1)) - set(stream.refused) - set(stream.open)
        if not owed:
            continue
        witnesses = others.get(name, [])
        unseen = owed & own[name].unseen(stream.said) if name in own else set()
        if name not in own and name not in excused:
            unseen = owed
        if witnesses:
            unseen |= owed.intersection(*(view.unseen(stream.said) for view in witnesses))
        if unseen:
            found.lost += len(unseen)
            tell(found, f"{name}: acknowledged and never shown: {numbers(unseen)}")
    return found


def _look(found: Found, reader: str, name: str, view: View, stream: Stream | None) -> None:
    if stream is None:
        tell(found, f"{reader} was shown messages of {name}, who sent none")
        return
    if view.last > stream.said:
        tell(found, f"{reader} was shown number {view.last} of {name}, who sent {stream.said}")
    if view.doubled:
        found.duplicated += view.doubled
        tell(found, f"{reader} was shown {view.doubled} messages of {name} twice")
    if view.disordered and stream.ordered:
        found.out_of_order += view.disordered
        tell(found, f"{reader} was shown {view.disordered} messages of {name} out of order")


def tell(found: Found, sentence: str) -> None:
    """Keep a sentence, unless there are many already."""
    if len(found.findings) < MOST_SENTENCES:
        found.findings.append(sentence)


def numbers(found: set[int]) -> str:
    """Return numbers as people read them, the first ten of many."""
    ordered = sorted(found)
    shown = ", ".join(map(str, ordered[:10]))
    return f"{shown} and {len(ordered) - 10} more" if len(ordered) > 10 else shown
