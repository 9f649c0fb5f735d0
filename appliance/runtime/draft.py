"""The commit unit of a conversation while a mailbox puts it together."""

from appliance.effects import Effect
from appliance.model import Visitor
from appliance.records import Entry, Record
from appliance.runtime.letters import Letter, Outcome, Reply


class Draft:
    """Entries to store, and what follows the commit: answers in order, effects in order."""

    __slots__ = ("closes", "effects", "entries", "opens", "records", "replies", "saves", "sent")

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.records: list[Record] = []
        """What the entries hold."""
        self.effects: list[Effect] = []
        self.replies: list[tuple[Reply, Outcome]] = []
        self.sent: list[Letter] = []
        self.opens: Visitor | None = None
        self.closes = False
        self.saves = False
        """Whether a checkpoint is due as soon as this is committed."""

    def answer(self, letter: Letter, outcome: Outcome) -> None:
        """Answer once the unit is committed: a duplicate of an uncommitted send waits for that commit, too."""
        self.sent.append(letter)
        if letter.reply is not None:
            self.replies.append((letter.reply, outcome))
