"""Where the templates of a report are found, and how they are read: whoever writes a page in the same look uses them, too."""

from functools import cache, partial
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined

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
