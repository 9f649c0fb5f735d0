"""Text for Mermaid, whose grammar has no quotes inside quotes: whatever could mean something to it becomes a code."""

_PLAIN = frozenset(" _-.,/()=+*?!、，。：；？！（）「」“”…·→>|&'")
"""Signs that Mermaid takes as they are anywhere in a label; letters and digits of every script are as harmless."""


def coded(text: str) -> str:
    """Return `text` with every character that Mermaid, or the HTML it makes, could take for its own as a code."""
    shown = "".join(char for char in text if char.isprintable())
    return "".join(char if char.isalnum() or char in _PLAIN else f"#{ord(char)};" for char in shown) or "#32;"


def commented(text: str) -> str:
    """Return `text` as a comment can hold it."""
    return "".join(char for char in text if char.isprintable() and char not in "{}%")
