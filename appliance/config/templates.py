"""Messages to visitors are Jinja2 templates in a sandbox; this module says what may stand in one, and compiles it.

Operators need names and now and then an `if`; loops, calls and arithmetic would only let one message hang the desk
(`{{ 9**9**9 }}` is evaluated while compiling).  So the parsed template may hold only the node types listed here.
The result is plain text: browsers escape it.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache

from jinja2 import ChainableUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from appliance.config.diagnostics import Span, quoted
from appliance.config.reading import Reader
from appliance.config.vocabulary import TEMPLATE_VARIABLES, VARIABLES, Word, by_every_name
from appliance.errors import Text

_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.Const,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Filter,
)
_DEEPEST = 20
_FILTERS = frozenset(("default", "upper", "lower", "trim", "int", "round"))
# A text is the same for whatever event said it, so what only guards know has no value in one.
_SAYABLE = [word for word in VARIABLES if word.of != "event" and word.name != "time"]
_KNOWN: dict[str, Word] = {**by_every_name(_SAYABLE), **by_every_name(TEMPLATE_VARIABLES)}

Template = Callable[[Mapping[str, object]], str]


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    # Not HTML: the text goes into a text node of the browser, which needs no escaping and must not get it twice.
    return ImmutableSandboxedEnvironment(autoescape=False, undefined=ChainableUndefined)


def template_names() -> list[str]:
    """Return every name that a message may use, in both languages."""
    return list(_KNOWN)


def check_template(text: str, path: str, at: Span, read: Reader) -> None:
    """Add what keeps `text` from being a message."""
    try:
        tree = _environment().parse(text)
    except TemplateSyntaxError as error:
        message = Text("模板写法不对", f"this template does not compile: {error.message}")
        hint = Text("变量写成 {{ site.name }}", "write variables as {{ site.name }}")
        read.found.error("K316", path, _line_of(at, error.lineno), message, hint)
        return
    except RecursionError:
        _too_deep(read, path, at)
        return
    for node, depth in _walk(tree):
        if depth > _DEEPEST:
            _too_deep(read, path, at)
            return
        if not isinstance(node, _ALLOWED) or (isinstance(node, nodes.Filter) and node.name not in _FILTERS):
            what = getattr(node, "name", type(node).__name__.lower())
            name = quoted(what)
            message = Text(f"模板里不能用{name.zh}", f"{name.en} is not possible in a message")
            hint = Text("只能用变量、if 和简单过滤器", "only variables, if, and plain filters")
            read.found.error("K316", path, _line_of(at, node.lineno), message, hint)
            return
    for word, line in _names(tree):
        if word not in _KNOWN:
            what_zh = Text("变量", "variable")
            read.unknown("K317", path, _line_of(at, line), what_zh, word, template_names())


def _too_deep(read: Reader, path: str, at: Span) -> None:
    read.found.error("K316", path, at, Text("模板嵌套太深", "this template is nested too deeply"))


def compile_template(text: str) -> Template:
    """Return a function from values by canonical name ({"site.name": "..."}) to the text for the visitor.

    Call it only with texts that `check_template` found nothing against.  A name without a value prints as nothing.
    """
    template = _environment().from_string(text)

    def render(values: Mapping[str, object]) -> str:
        return template.render(_nested(values))

    return render


def _nested(values: Mapping[str, object]) -> dict[str, object]:
    """Return {"site": {"name": ...}} for {"site.name": ...}, under both names of every variable."""
    result: dict[str, object] = {}
    for name, word in _KNOWN.items():
        if word.name not in values:
            continue
        first, _, rest = name.partition(".")
        if not rest:
            result[first] = values[word.name]
            continue
        group = result.setdefault(first, {})
        if isinstance(group, dict):
            group[rest] = values[word.name]
    return result


def _walk(tree: nodes.Node) -> Iterator[tuple[nodes.Node, int]]:
    """Yield every node with its depth, parents first."""
    waiting = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        yield node, depth
        waiting += [(child, depth + 1) for child in node.iter_child_nodes()]


def _names(node: nodes.Node) -> Iterator[tuple[str, int]]:
    """Yield the dotted names of a template with their lines."""
    dotted = _dotted(node)
    if dotted is not None:
        yield dotted, node.lineno
        return
    for child in node.iter_child_nodes():
        yield from _names(child)


def _dotted(node: nodes.Node) -> str | None:
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        front = _dotted(node.node)
        return None if front is None else f"{front}.{node.attr}"
    return None


def _line_of(at: Span, line: int) -> Span:
    """Return the whole text if it stands on one line; within a longer one the line that Jinja2 counted."""
    if at.line == at.end_line or line <= 1:
        return at
    number = min(at.line + line - 1, at.end_line)
    return Span(number, 1, number, 2)
