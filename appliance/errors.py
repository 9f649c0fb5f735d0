"""The errors kefu raises, each with its cause and its remedy in the two languages of its operators.

An error that a person meets is part of the product.  Every class here therefore carries a `Text`, and the
edge that prints it (command line, HTTP, a frame) chooses the language; nobody below the edges formats prose.
"""

from typing import Literal, NamedTuple

Language = Literal["zh", "en"]


class Text(NamedTuple):
    """One sentence in Chinese and in English.  `text.say("en")` chooses."""

    zh: str
    en: str

    def say(self, language: Language) -> str:
        """Return the sentence in `language`."""
        return self.zh if language == "zh" else self.en


class KefuError(Exception):
    """Base of all errors that have an operator or a client as their reader.

    `cause` says what is wrong and where, `remedy` what to do about it.
    """

    def __init__(self, cause: Text, remedy: Text = Text("", "")) -> None:
        super().__init__(f"{cause.en} {remedy.en}".strip())
        self.cause = cause
        self.remedy = remedy

    def say(self, language: Language) -> str:
        """Return cause and remedy as one line in `language`."""
        between = "" if language == "zh" else " "
        return f"{self.cause.say(language)}{between}{self.remedy.say(language)}".strip()


class ConfigError(KefuError):
    """The configuration cannot be run.  The diagnostics have already been shown or travel beside it."""


class StartError(KefuError):
    """The appliance cannot start here: port in use, data directory not writable, another process on the data."""


class StoreError(KefuError):
    """The store could not do what was asked; what was asked did not happen.  The caller may try again."""


class StoreUnusable(StoreError):
    """The store cannot be opened at all: corrupt, newer than this program, not writable."""


class Conflict(StoreError):
    """A unique fact would have been written twice: a second open conversation, a client id used again."""


class AccessDenied(KefuError):
    """The actor is not who it says, or may not do this."""


class ProtocolError(KefuError):
    """A peer broke the protocol, or cannot be let in.  `code` is the WebSocket close code (see delivery/codes.py).

    `retry_after` is in milliseconds, for who is to come back later than he would by himself.
    """

    def __init__(
        self, code: int, cause: Text, remedy: Text = Text("", ""), retry_after: int | None = None
    ) -> None:
        super().__init__(cause, remedy)
        self.code = code
        self.retry_after = retry_after


class Refused(KefuError):
    """One request was refused, the connection goes on.  `code` is a word of delivery/codes.py.

    `retry_after` is in milliseconds; None means that trying again will not help.
    """

    def __init__(
        self, code: str, cause: Text, remedy: Text = Text("", ""), retry_after: int | None = None
    ) -> None:
        super().__init__(cause, remedy)
        self.code = code
        self.retry_after = retry_after
