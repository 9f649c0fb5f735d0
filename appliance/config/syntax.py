"""Turns a YAML syntax error into a sentence for somebody who has never heard of YAML.

The parser names the token it stumbled over, which is seldom the slip itself: a tab, a full-width colon typed with the
Chinese input method on, a guard that begins with `!`.  So the line is looked at first, and only when nothing there is
suspicious the parser's own words are translated.
"""

import re

import yaml

from appliance.config.diagnostics import Diagnostics, Span
from appliance.errors import Text

_LEADING_TAB = re.compile(r"^ *\t")
_BANG = re.compile(r"(?:[:\-,\[{]|^)\s+(![^!<\s][^,}\]#]*|!$)|(?:[\[{])(![^!<\s][^,}\]#]*)")
_BARE_WORD = re.compile(r"\s*[^\s:{}\[\]'\"#-][^:{}\[\]'\"#]*(#.*)?")
_FULL_WIDTH = {
    "\uff1a": ":",
    "\uff0c": ",",
    "\uff3b": "[",
    "\uff3d": "]",
    "\uff5b": "{",
    "\uff5d": "}",
    "\u201c": '"',
    "\u201d": '"',
    "\u2018": "'",
    "\u2019": "'",
}
_FULL_WIDTH_PUNCTUATION = re.compile("[" + "".join(_FULL_WIDTH) + "]")

# The parser's words, a code, and what they mean to an operator.  The first that fits is taken.
_MEANINGS: tuple[tuple[str, Text, Text], ...] = (
    (
        "mapping values are not allowed here",
        Text("这里多了一个冒号，或者缩进不对", "a colon too many here, or wrong indentation"),
        Text("文字里有“: ”就加引号", "put quotes around text that contains ': '"),
    ),
    (
        "could not find expected ':'",
        Text("这个键后面缺少冒号", "a colon is missing after this key"),
        Text("写成 键: 值，冒号后面有空格", "write key: value, with a space after the colon"),
    ),
    (
        "did not find expected ',' or|expected ',' or",
        Text(
            "括号里少了逗号，或者括号没有收尾", "a comma is missing within brackets, or they are not closed"
        ),
        Text("检查 { } 和 [ ] 是否成对", "see that { } and [ ] come in pairs"),
    ),
    (
        "unexpected end of stream|while scanning a quoted scalar",
        Text("引号没有收尾", "the quotes are not closed"),
        Text("在文字两头都写引号", "write quotes at both ends of the text"),
    ),
    (
        "unknown escape character|hexadecimal",
        Text("双引号里的反斜杠写法不对", "a backslash within double quotes means nothing here"),
        Text("改用单引号，或者写 \\\\", "use single quotes, or write \\\\"),
    ),
    (
        "cannot start any token",
        Text("值不能以这个字符开头", "a value cannot begin with this character"),
        Text("给值加引号", "put quotes around the value"),
    ),
    (
        "expected <block end>|expected the node content|block collection|block sequence entries|invalid indentation",
        Text("缩进或结构不对", "wrong indentation or structure"),
        Text("同一级的行对齐，用空格缩进", "align lines of the same level, indent with spaces"),
    ),
    (
        "anchor|alias",
        Text("以 & 或 * 开头的值要加引号", "a value that begins with & or * needs quotes"),
        Text("给值加引号", "put quotes around the value"),
    ),
)


def explain(error: yaml.YAMLError, text: str, found: Diagnostics) -> None:
    """Add what is wrong at the place where the parser gave up, and every line indented with a tab."""
    lines = re.split("\r\n|[\n\r]", text)
    if _report_tabs(lines, found):
        return
    problem, at, context = _place(error)
    # A key without its colon runs on into the next line, whose own colon is then "not allowed".
    before = _line_before(lines, at.line) if problem.startswith("mapping values") else 0
    for number in (at.line, context.line, before):
        if 0 < number <= len(lines) and _suspicious(lines[number - 1], number, found):
            return
    if before and _BARE_WORD.fullmatch(lines[before - 1]):
        problem, context = "could not find expected ':'", _word_of(lines[before - 1], before)
    for pattern, message, remedy in _MEANINGS:
        if re.search(pattern, problem):
            # What never ends runs on to another line: the place where it begins is the one to mend.
            begun = context.line and pattern.startswith(("unexpected end", "could not find"))
            hint = _since(context.line, remedy) if "expected ',' or" in problem else remedy
            found.error("K104", "$", context if begun else at, message, hint)
            return
    found.error("K104", "$", at, Text("这里的 YAML 写法不对", f"this is not valid YAML: {problem}"))


def _line_before(lines: list[str], number: int) -> int:
    """Return the number of the last line before `number` that says something, 0 if there is none."""
    said = (line for line in range(number - 1, 0, -1) if lines[line - 1].split("#")[0].strip())
    return next(said, 0)


def _word_of(line: str, number: int) -> Span:
    word = line.split(" #")[0].rstrip()
    start = len(word) - len(word.lstrip())
    return Span(number, start + 1, number, len(word) + 1)


def _since(line: int, remedy: Text) -> Text:
    """Say in which line the brackets open: their end is looked for lines below."""
    return Text(f"括号从第 {line} 行开始；{remedy.zh}", f"the brackets open on line {line}; {remedy.en}")


def refuse_bang(found: Diagnostics, at: Span) -> None:
    """Report a value that begins with an unquoted exclamation mark, which YAML reads as a tag."""
    message = Text("以 ! 开头的值要加引号", "a value that begins with ! needs quotes")
    found.error("K109", "$", at, message, Text("例如 when: '!vip'", "for example when: '!vip'"))


def _report_tabs(lines: list[str], found: Diagnostics) -> bool:
    bad = [(number, match) for number, line in enumerate(lines, 1) if (match := _LEADING_TAB.match(line))][
        :20
    ]
    for number, match in bad:
        at = Span(number, match.end(), number, match.end() + 1)
        message = Text("缩进里有制表符（Tab）", "the indentation holds a tab")
        found.error("K105", "$", at, message, Text("换成空格", "use spaces"))
    return bool(bad)


def _suspicious(line: str, number: int, found: Diagnostics) -> bool:
    """Report a usual slip of the line, if it has one."""
    if match := _BANG.search(line):
        group = 1 if match[1] else 2
        at = Span(number, match.start(group) + 1, number, match.start(group) + len(match[group].rstrip()) + 1)
        refuse_bang(found, at)
        return True
    code = line.split(" #")[0]
    if match := _FULL_WIDTH_PUNCTUATION.search(code):
        wrong, right = match[0], _FULL_WIDTH[match[0]]
        at = Span(number, match.start() + 1, number, match.start() + 2)
        message = Text(f"全角标点“{wrong}”", f"full-width punctuation '{wrong}'")
        remedy = Text(f"改成半角 {right}（文字里的请加引号）", f"write {right} (or quote it, if it is text)")
        found.error("K115", "$", at, message, remedy)
        return True
    if "\t" in code:
        at = Span(number, code.index("\t") + 1, number, code.index("\t") + 2)
        message = Text("这里有制表符（Tab）", "there is a tab here")
        found.error("K105", "$", at, message, Text("换成空格", "use spaces"))
        return True
    return False


def _place(error: yaml.YAMLError) -> tuple[str, Span, Span]:
    """Return the parser's words, the place of the problem and the place where the broken construct began."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return str(error).split("\n")[0], Span(1, 1, 1, 2), Span()
    problem = ", ".join(part for part in (error.context, error.problem) if part)
    context = _mark(error.context_mark)
    return problem, _mark(error.problem_mark or error.context_mark), context


def _mark(mark: yaml.Mark | None) -> Span:
    if mark is None:
        return Span()
    return Span(mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2)
