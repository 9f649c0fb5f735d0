"""One self-contained page in two languages: its frame, where templates are found, how data is embedded.

Whoever writes a page in the look of the load-test report uses this: what keeps a page from asking anybody for anything, and data
from becoming markup, is said here once.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping
from functools import cache, partial
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined

from appliance.errors import Language, Text

LANGUAGES: tuple[Language, ...] = ("zh", "en")
OURS = "tools.loadtest.report"


@cache
def source(name: str, package: str = OURS) -> str:
    """Return the template of that name in `package`, else ours."""
    # Through importlib, so that it works from a wheel or an archive, too.
    own = files(package) / "templates" / name
    found = own if own.is_file() else files(OURS) / "templates" / name
    return found.read_text(encoding="utf-8")


@cache
def environment(package: str = OURS) -> Environment:
    """Return what renders the templates of `package`, and ours."""
    return Environment(
        autoescape=True,
        undefined=StrictUndefined,
        loader=FunctionLoader(partial(source, package=package)),
        trim_blocks=True,
        lstrip_blocks=True,
    )


def rendered(
    template: str,
    inner: str,
    title: Text,
    style: str,
    values: Mapping[str, object],
    lang: Language | None = None,
    package: str = OURS,
) -> str:
    """Return the page of `template`, which extends frame.html; `inner` is rendered once for each language.

    `style` is CSS beside the common look; `lang` is shown first, without it the reader's browser decides.
    """
    script, shown = source("switch.js"), lang or "zh"
    common: dict[str, object] = {
        "shown": shown,
        "chosen": lang is not None,
        "inner": inner,
        "titles": {language: title.say(language) for language in LANGUAGES},
        "languages": LANGUAGES,
        "say_in": _say_in,
        "style": source("look.css") + style,
        "script": script,
        "script_hash": base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    }
    return environment(package).get_template(template).render({**common, **values})


def embedded(json: str) -> str:
    """Return JSON for a script element: no "<" in it, so nothing in it can end the element or begin another."""
    return json.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _say_in(language: Language) -> Callable[[Text], str]:
    return lambda text: text.say(language)
