"""How much room a text takes, worked out from the characters alone.

Graphviz would ask the fonts of the machine, and then the same flow would be laid out differently on every machine and come
out too narrow where the fonts that show it are others.  These widths are a little generous instead, and always the same.
"""

import unicodedata

from appliance.config.diagnostics import cells

_NARROW = frozenset("iljtfrI.,:;'`|!()[] /\\-")
_WIDE = frozenset("mwMW@%&#+<=>~^")
_FIRST_EMOJI = 0x1F000
_CLOSING = frozenset("、。,;:!?)」』”’…，；：！？）]")


def width(text: str, size: float, bold: bool = False) -> float:
    """Return the width in points of one line in a sans-serif font of `size` points."""
    return (1.08 if bold else 1.02) * size * sum(_em(char) for char in text)


def _em(char: str) -> float:
    """Return the larger of what the usual fonts give a character (measured with Noto Sans CJK and DejaVu Sans)."""
    taken = cells(char)
    if taken != 1:
        return 1.75 if ord(char) >= _FIRST_EMOJI and taken else taken / 2
    if char in _NARROW:
        return 0.37
    if char in _WIDE:
        return 0.87
    if ord(char) > 0x2000 or unicodedata.east_asian_width(char) == "A":
        return 1.0
    return 0.7 if char.isupper() else 0.59


def wrapped(text: str, size: float, most: float) -> list[str]:
    """Return `text` in lines of at most `most` points, broken between words or Chinese characters, else within a word."""
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if line and width(line + piece.rstrip(), size) > most:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
        while len(line) > 1 and width(line.rstrip(), size) > most:
            fits = _fitting(line, size, most)
            lines.append(line[:fits])
            line = line[fits:]
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _fitting(line: str, size: float, most: float) -> int:
    """Return how many characters of a line fit, one at least."""
    room = most
    for number, char in enumerate(line):
        room -= width(char, size)
        if room < 0:
            return max(1, number)
    return len(line)


def _pieces(text: str) -> list[str]:
    """Return the pieces between which a line may break: words with the space after them, Chinese characters."""
    pieces: list[str] = []
    word = ""
    for char in text:
        if char in _CLOSING and not word and pieces:
            pieces[-1] += char
        elif cells(char) == 2:
            pieces += [word, char] if word else [char]
            word = ""
        else:
            word += char
            if char == " ":
                pieces.append(word)
                word = ""
    return [*pieces, word] if word else pieces
