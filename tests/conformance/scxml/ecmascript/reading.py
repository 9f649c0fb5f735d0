"""Steps through the tokens of a text: what every part of the grammar does.  Here are the trees, too, that it makes."""

from typing import Any, NamedTuple

from tests.conformance.scxml.ecmascript.tokens import KEYWORDS, Token, tokens
from tests.conformance.scxml.faults import Illegal, Unsupported


class Tree(NamedTuple):
    """One node of a parsed text; what `a` to `d` hold depends on `kind`."""

    kind: str
    a: Any = None
    b: Any = None
    c: Any = None
    d: Any = None


class Function(NamedTuple):
    """The code of a function; `own_this` is false for an arrow."""

    name: str
    params: tuple[tuple[str, Tree | None], ...]
    rest: str
    body: Tree
    own_this: bool
    source: str


class Reading:
    """A text and the place in it that is read next."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens = tokens(source)
        self.at = 0
        self.no_in = False
        self.depth = 0

    @property
    def token(self) -> Token:
        """The token that is read next."""
        return self.tokens[self.at]

    def sees(self, *texts: str) -> bool:
        """Whether the next token is one of these signs or keywords."""
        return self.token.kind in ("sign", "keyword") and self.token.text in texts

    def takes(self, text: str) -> bool:
        """Step over the next token if it is this one."""
        found = self.sees(text)
        self.at += found
        return found

    def expect(self, text: str) -> None:
        """Step over this token, or refuse the text."""
        if not self.takes(text):
            raise self.wrong()

    def wrong(self) -> Illegal:
        """Return the refusal of the next token."""
        if self.token.text in ("class", "super", "import", "yield", "async", "await", "=>"):
            raise Unsupported(f"ECMAScript's {self.token.text}")
        return Illegal(f"SyntaxError: unexpected {self.token.text or 'end'!r}")

    def name(self) -> str:
        """Read an identifier that may be bound."""
        if self.token.kind != "name":
            if self.sees("[", "{"):
                raise Unsupported("destructuring")
            raise self.wrong()
        self.at += 1
        return self.tokens[self.at - 1].text


def is_name(text: str) -> bool:
    """Whether a variable may be called so."""
    try:
        found = tokens(text)
    except Illegal:
        return False
    return len(found) == 2 and found[0].kind == "name" and text not in KEYWORDS
