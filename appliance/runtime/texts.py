"""The texts of kefu.yaml, ready to be said.

What a template comes to is recorded with the input that said it, so a conversation can be replayed after the text was changed.
"""

from collections.abc import Mapping

from appliance.config.templates import compile_template

MOST_CHARACTERS = 8_192


class Texts:
    """All `messages` of one configuration, compiled once."""

    def __init__(self, messages: Mapping[str, str]) -> None:
        self._templates = {name: compile_template(text) for name, text in messages.items()}

    def render(self, name: str, values: Mapping[str, object]) -> str:
        """Return the text `name`; `values` are by canonical name ("site.name"), what has none prints as nothing.

        Raises KeyError when there is no such text, and whatever a template raises: the flow takes on_error then.
        """
        return self._templates[name](values)[:MOST_CHARACTERS]
