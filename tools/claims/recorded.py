"""Figures of our own benches as they stand in recorded.yaml: what, where it comes from, when it was measured."""

from functools import cache
from importlib.resources import files

import msgspec
import yaml
from msgspec import Struct

from appliance.errors import Text


class Figure(Struct, frozen=True, forbid_unknown_fields=True):
    """One figure in both languages, with the bench or file that gave it and its day."""

    zh: str
    en: str
    source: str
    date: str

    @property
    def text(self) -> Text:
        """What was measured."""
        return Text(self.zh, self.en)


@cache
def recorded() -> dict[str, tuple[Figure, ...]]:
    """Return the figures by the key of their claim."""
    text = (files("tools.claims") / "recorded.yaml").read_text(encoding="utf-8")
    return msgspec.convert(yaml.safe_load(text), dict[str, tuple[Figure, ...]])
