"""In which words dashboards and alerts are written: in Chinese and English at once, or in one of them."""

from typing import Literal, get_args

from appliance.errors import Language, Text

Wording = Literal["both", "zh", "en"]
WORDINGS: tuple[Wording, ...] = get_args(Wording)


def say(text: Text, wording: Wording) -> str:
    """Return a title or a legend; in both languages, what they share is said once: "排队时长 · Waits"."""
    return _both(text) if wording == "both" else text.say(wording)


def tell(text: Text, wording: Wording) -> str:
    """Return sentences; in both languages, each has a line of its own."""
    return f"{text.zh}\n{text.en}" if wording == "both" else text.say(wording)


def beside(wording: Wording) -> tuple[Language, ...]:
    """Return the languages that are not what is read alone: an alert carries its words in them, too."""
    languages: tuple[Language, ...] = ("zh", "en")
    return tuple(each for each in languages if each != wording)


def _both(text: Text) -> str:
    zh, en = text.zh, text.en
    if zh == en:
        return zh
    # A name or a label that both begin or end with need not be read twice.
    first, last = zh.split(" ")[0], zh.split(" ")[-1]
    if en.startswith(f"{first} "):
        en = en.removeprefix(first).lstrip(" ·")
    elif en.endswith(f" {last}"):
        zh = zh.removesuffix(last).rstrip()
    return f"{zh} · {en}"
