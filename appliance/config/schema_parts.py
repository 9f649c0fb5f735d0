"""The few shapes that the schema is built of, so that every section states only its own keys."""

from collections.abc import Iterable
from typing import Any

from appliance.config.vocabulary import Word

Schema = dict[str, Any]


def both(zh: str, en: str) -> str:
    """Return one description in both languages, as editors show it."""
    return f"{zh}\n{en}"


def record(about: str, properties: Schema, required: Iterable[str] = (), later: Iterable[str] = ()) -> Schema:
    """Return the schema of a mapping with these keys and no others; `later` names keys of a later version."""
    schema: Schema = {
        "type": "object",
        "description": about,
        "properties": properties,
        "additionalProperties": False,
    }
    if names := list(required):
        schema["required"] = names
    if coming := list(later):
        schema["x-later-keys"] = coming
    return schema


def ref(name: str, about: str = "", **more: Any) -> Schema:
    """Return a reference to a definition, with its own description and default."""
    return {"$ref": f"#/$defs/{name}", **({"description": about} if about else {}), **more}


def word_list(words: Iterable[Word]) -> str:
    """Return words with both names and their meaning, one a line."""
    return "\n".join(f"{word.zh} = {word.name}: {word.about.zh} / {word.about.en}" for word in words)


def whole(about: str, least: int, most: int, default: int) -> Schema:
    """Return the schema of a whole number between two bounds."""
    return {"type": "integer", "minimum": least, "maximum": most, "default": default, "description": about}
