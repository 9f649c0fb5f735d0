"""What the pieces of a guard are, and what may be done with them: types are settled when kefu.yaml is loaded.

A guard that compares a duration with a plain number is the commonest mistake of all (`time > 10`), so every rule here
comes with the sentence that says what to write instead.  Types: bool, number, string, duration (ms), percent (0..1),
null, any (flow variables without a declared type, event.data.*), and lists, written list:TYPE.
"""

import unicodedata
from collections.abc import Callable, Mapping

import re2

from appliance.config.diagnostics import did_you_mean, nearest
from appliance.config.vocabulary import VARIABLE_NAMES, VISIBLE, Variable, canonical_variable
from appliance.errors import Text
from appliance.flow.guard_parse import Binary, Call, Choice, ListOf, Literal, Name, Node, Unary
from appliance.flow.guard_rules import (
    ARITHMETIC,
    FUNCTIONS,
    MEASURES,
    ORDERED,
    called,
    comparable,
    signature,
    truth_hint,
    unit_hint,
)
from appliance.flow.guard_tokens import NOTHING, Problem

VARS = "vars."
DATA = "event.data."
MAYBE_ABSENT = frozenset(("event.score",))
"""Variables beside the facts that may have no value: only a rating has a score."""


class Checker:
    """Settles the types of one tree in place and collects its problems.

    `section` is a key of vocabulary.VISIBLE; `variables` maps the flow's own variables (without `vars.`) to types.
    `names` and `facts` are what the guard reads; `patterns` holds the compiled regular expressions by node id.
    """

    def __init__(self, section: str, variables: Mapping[str, str] | None) -> None:
        self._subjects = VISIBLE[section]
        self._section = section
        self._variables = variables or {}
        self.problems: list[Problem] = []
        self.names: set[str] = set()
        self.facts: set[str] = set()
        self.patterns: dict[int, Callable[[str], object]] = {}

    def expect(self, node: Node, kind: str, message: Text) -> None:
        """Check `node` and add a problem unless it is `kind`."""
        found = self.check(node)
        if found not in (kind, "any"):
            self._wrong(node, message, found, truth_hint(found))

    def check(self, node: Node) -> str:
        """Return the type of `node` after checking all below it."""
        match node:
            case Literal():
                kind = node.type
            case Name():
                kind = self._name(node)
            case Unary():
                kind = self._unary(node)
            case Binary():
                kind = self._binary(node)
            case Choice():
                kind = self._choice(node)
            case Call():
                kind = self._call(node)
            case ListOf():
                kind = self._list(node)
            case _:
                raise TypeError(type(node).__name__)
        node.type = kind
        return kind

    def _problem(self, code: str, at: Node, message: Text, hint: Text = NOTHING) -> str:
        self.problems.append(Problem(code, at.start, at.end, message, hint))
        return "any"

    def _wrong(self, node: Node, message: Text, found: str, hint: Text = NOTHING) -> str:
        name = called(found)
        full = Text(f"{message.zh}，这里却是{name.zh}", f"{message.en}, but this is {name.en}")
        return self._problem("K403", node, full, hint)

    def _name(self, node: Name) -> str:
        if node.name.startswith(VARS):
            return self._flow_variable(node, node.name.removeprefix(VARS))
        if node.name.startswith(DATA) and "event" in self._subjects:
            node.fails = True
            self.names.add(node.name)
            return "any"
        canonical = canonical_variable(node.name)
        if canonical is None and node.name in self._variables:
            # A flow's own variable may be written without `vars.`; config refuses one that hides a built-in word.
            node.name = VARS + node.name
            return self._flow_variable(node, node.name.removeprefix(VARS))
        if canonical is None:
            return self._unknown(node)
        word = VARIABLE_NAMES[canonical]
        node.name = canonical
        if word.of not in self._subjects:
            return self._not_here(node, word)
        self.names.add(canonical)
        if word.fact:
            self.facts.add(canonical)
        # A fact may be absent (no queue, no machine figures yet); only truth needs no comparison that could trip.
        node.fails = (word.fact and word.type != "bool") or canonical in MAYBE_ABSENT
        return "list:string" if word.type == "list" else word.type

    def _flow_variable(self, node: Name, name: str) -> str:
        if self._section != "flows":
            return self._problem(
                "K404",
                node,
                Text("vars 只在流程里有", "vars exist only in flows"),
                did_you_mean("", self._readable()),
            )
        node.fails = True
        self.names.add(node.name)
        if name not in self._variables:
            return self._problem(
                "K404",
                node,
                Text(f"没有变量“{node.name}”", f"there is no variable '{node.name}'"),
                did_you_mean(node.name, [VARS + known for known in self._variables]),
            )
        return self._variables[name]

    def _unknown(self, node: Name) -> str:
        plain = unicodedata.normalize("NFKC", node.name)
        near = plain if plain in self._readable() else nearest(node.name, self._readable())
        hint = Text(f"是不是“{near}”？", f"did you mean '{near}'?") if near else NOTHING
        if "." not in node.name:
            quoted = Text(f"如果是文字，加引号：'{node.name}'", f"if it is text, quote it: '{node.name}'")
            hint = Text(hint.zh + quoted.zh, f"{hint.en} {quoted.en}".strip())
        return self._problem(
            "K404", node, Text(f"没有变量“{node.name}”", f"there is no variable '{node.name}'"), hint
        )

    def _readable(self) -> list[str]:
        names = [name for name, word in VARIABLE_NAMES.items() if word.of in self._subjects]
        return names + [VARS + name for name in self._variables]

    def _not_here(self, node: Name, word: Variable) -> str:
        return self._problem(
            "K405",
            node,
            Text(f"这里读不到“{word.zh}”", f"'{word.name}' cannot be read here"),
            did_you_mean("", self._readable()),
        )

    def _unary(self, node: Unary) -> str:
        kind = self.check(node.of)
        node.fails = node.of.fails or kind == "any"
        if node.sign == "!":
            if kind not in ("bool", "any"):
                self._wrong(
                    node.of, Text("“!”后面应该是是或否", "'!' needs true or false"), kind, truth_hint(kind)
                )
            return "bool"
        if kind not in (*MEASURES, "any"):
            hint = (
                Text("取反写 !", "write ! for not") if kind == "bool" else Text("去掉“-”", "delete the '-'")
            )
            return self._wrong(node.of, Text("“-”后面应该是数字", "'-' needs a number"), kind, hint)
        return kind

    def _binary(self, node: Binary) -> str:
        left, right = self.check(node.left), self.check(node.right)
        node.fails = node.left.fails or node.right.fails or "any" in (left, right)
        if node.sign in ("&&", "||"):
            for side, kind in ((node.left, left), (node.right, right)):
                if kind not in ("bool", "any"):
                    message = Text(
                        f"“{node.sign}”两边应该是是或否", f"'{node.sign}' needs true or false on both sides"
                    )
                    self._wrong(side, message, kind, truth_hint(kind))
            return "bool"
        if node.sign == "in":
            return self._in(node, left, right)
        if node.sign in ("==", "!="):
            # Comparing for equality never raises, whatever the values are.
            node.fails = node.left.fails or node.right.fails
            if not comparable(left, right):
                self._mismatch(node, left, right)
            return "bool"
        if node.sign in ("<", "<=", ">", ">="):
            if not comparable(left, right) or not {left, right} <= {*ORDERED, "any"}:
                self._mismatch(node, left, right)
            return "bool"
        return self._arithmetic(node, left, right)

    def _arithmetic(self, node: Binary, left: str, right: str) -> str:
        node.fails = node.fails or node.sign in "/%"
        if "any" in (left, right):
            return "any"
        if node.sign == "+" and left.startswith("list:") and right.startswith("list:"):
            return left if left == right else "list:any"
        kind = ARITHMETIC.get((node.sign, left, right))
        return kind if kind is not None else self._mismatch(node, left, right)

    def _in(self, node: Binary, left: str, right: str) -> str:
        if right == "string":
            self._wrong(
                node.right,
                Text("in 右边应该是列表", "'in' needs a list on its right"),
                right,
                Text(
                    "查文字里有没有某个词，写 contains(文字, '词')",
                    "to look inside text write contains(text, 'word')",
                ),
            )
        elif right != "any" and not right.startswith("list:"):
            hint = Text("列表写成 ['甲', '乙']", "write a list as ['a', 'b']")
            self._wrong(node.right, Text("in 右边应该是列表", "'in' needs a list on its right"), right, hint)
        elif right.startswith("list:") and not comparable(left, right.removeprefix("list:")):
            self._mismatch(node, left, right.removeprefix("list:"))
        return "bool"

    def _mismatch(self, node: Binary, left: str, right: str) -> str:
        one, other = called(left), called(right)
        message = Text(
            f"{one.zh}和{other.zh}不能用“{node.sign}”",
            f"'{node.sign}' does not work on {one.en} and {other.en}",
        )
        return self._problem("K403", node, message, unit_hint(node, left, right))

    def _choice(self, node: Choice) -> str:
        self.expect(node.condition, "bool", Text("“?”前面应该是是或否", "'?' needs true or false before it"))
        yes, no = self.check(node.yes), self.check(node.no)
        node.fails = any(part.fails or part.type == "any" for part in (node.condition, node.yes, node.no))
        if not comparable(yes, no):
            one, other = called(yes), called(no)
            message = Text(
                f"“:”两边应该是同一种值，这里是{one.zh}和{other.zh}",
                f"both sides of ':' must be of one kind, these are {one.en} and {other.en}",
            )
            return self._problem("K403", node, message, Text("例如 ? 10s : 20s", "such as ? 10s : 20s"))
        return yes if yes == no else "any"

    def _list(self, node: ListOf) -> str:
        kinds = {self.check(item) for item in node.items}
        node.fails = any(item.fails for item in node.items)
        return f"list:{kinds.pop()}" if len(kinds) == 1 else "list:any"

    def _call(self, node: Call) -> str:
        known = FUNCTIONS.get(node.name)
        if known is None:
            for argument in node.arguments:
                self.check(argument)
            self.problems.append(
                Problem(
                    "K406",
                    *node.name_at,
                    Text(f"没有函数“{node.name}”", f"there is no function '{node.name}'"),
                    did_you_mean(node.name, list(FUNCTIONS)),
                )
            )
            return "any"
        wanted, gives = known
        if len(node.arguments) != len(wanted):
            message = Text(
                f"{node.name} 要 {len(wanted)} 个值，这里有 {len(node.arguments)} 个",
                f"{node.name} takes {len(wanted)} value(s), {len(node.arguments)} given",
            )
            return self._problem("K406", node, message, signature(node.name))
        for argument, kind in zip(node.arguments, wanted, strict=True):
            self._argument(node, argument, kind)
        node.fails = any(argument.fails or argument.type == "any" for argument in node.arguments)
        if node.name == "matches":
            self._pattern(node, node.arguments[1])
        return gives

    def _argument(self, node: Call, argument: Node, wanted: str) -> None:
        kind = self.check(argument)
        if wanted == "sized":
            if kind not in ("string", "any") and not kind.startswith("list:"):
                hint = Text("去掉 size", "drop size") if kind == "number" else signature("size")
                self._wrong(argument, Text("size 要文字或列表", "size needs text or a list"), kind, hint)
        elif kind not in (wanted, "any"):
            hint = signature(node.name)
            if node.name == "contains" and kind.startswith("list:"):
                hint = Text("查列表写 '词' in 列表", "for a list write 'word' in list")
            self._wrong(argument, Text(f"{node.name} 要文字", f"{node.name} needs text"), kind, hint)

    def _pattern(self, node: Call, pattern: Node) -> None:
        if not isinstance(pattern, Literal) or not isinstance(pattern.value, str):
            self._problem(
                "K407",
                pattern,
                Text("模式要直接写在引号里", "the pattern must be written out, in quotes"),
                signature("matches"),
            )
            return
        options = re2.Options()
        options.log_errors = False
        try:
            self.patterns[id(node)] = re2.compile(pattern.value, options=options).search
        except re2.error as error:
            why = error.args[0].decode(errors="replace") if isinstance(error.args[0], bytes) else str(error)
            message = Text(f"模式读不懂：{why}", f"the pattern cannot be read: {why}")
            hint = Text(
                "模式用 RE2 的写法；按原样找文字用 contains",
                "patterns are RE2; to find plain text use contains",
            )
            self._problem("K407", pattern, message, hint)
