"""From the frozen spec to the graph that runs, with every problem on the way as a diagnostic at its place.

The same compilation serves kefu.yaml and a bundle read back from the store: both go through the intermediate form of
config/spec.py, so a stored bundle can never mean something else than the file did.
"""

from collections.abc import Iterable, Sequence

from appliance.config import spec as form
from appliance.config.diagnostics import Diagnostic
from appliance.config.spec import Spec
from appliance.config.vocabulary import ACTION_NAMES
from appliance.errors import ConfigError, Text
from appliance.flow.actions import REGISTRY, bind
from appliance.flow.bundle import Bundle, bundle_from, bundle_id, bundle_of, source_of
from appliance.flow.futile import futile
from appliance.flow.graph import Graph
from appliance.flow.guard_parse import Node as GuardTree
from appliance.flow.guard_rules import comparable, kept_to, type_of_value
from appliance.flow.guards import Problem, compile_guard, compile_value
from appliance.flow.lost_customers import lost_customers
from appliance.flow.soundness import unsound
from appliance.flow.states import After, Node, Run, Test, Transition
from appliance.model import Value

_NO_TEXT = Text("", "")
_ONLY_AFTER = {"reply_ai": "ai.answer", "save_rating": "visitor.rated"}


def compile_flow(spec: Spec) -> tuple[Graph | None, list[Diagnostic]]:
    """Return the graph of `spec` and all that is wrong with its flow and guards; None when anything is an error.

    Names that lead nowhere are config's business (references.py): `spec` has passed it.
    """
    bundle = bundle_of(spec)
    compiler = _Compiler(bundle)
    graph = compiler.graph()
    for number, guard in enumerate(spec.alerts.when):
        compiler.guard(guard, "alerts", f"$.alerts.when[{number}]", {})
    compiler.found += [*unsound(spec.main), *futile(spec, compiler.trees)]
    failed = any(found.severity == "error" for found in compiler.found)
    if not failed:
        # Remarks on a flow that cannot run yet would hide what has to be mended first.
        compiler.found += lost_customers(spec.main)
    return (None if failed else graph), compiler.found


def graph_of(source: bytes) -> Graph:
    """Return the graph of a stored bundle.

    Raises ConfigError when this version of kefu cannot run it, msgspec.ValidationError when it is no bundle at all.
    """
    compiler = _Compiler(bundle_from(source))
    graph = compiler.graph()
    if compiler.found:
        first = compiler.found[0].message
        raise ConfigError(
            Text(f"存储里的流程版本跑不了：{first.zh}", f"A stored bundle cannot be run: {first.en}."),
            Text("换回写下它的那个 kefu 版本", "Go back to the version of kefu that stored it."),
        )
    return graph


class _Compiler:
    """Compiles one bundle; `found` collects what is wrong, `trees` the checked tree of every guard by its text."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._flow = bundle.flows["main"]
        self._types = {name: type_of_value(value) for name, value in self._flow.vars.items()}
        self._nodes: dict[str, Node] = {}
        self.found: list[Diagnostic] = []
        self.trees: dict[str, GuardTree] = {}

    def graph(self) -> Graph:
        """Return the graph; transitions to unknown states become actions only (config has reported them)."""
        flow = self._flow
        self._declare(flow.states, None)
        self._fill(flow.states)
        source = source_of(self._bundle)
        queues = tuple(
            (queue.name, self.guard(queue.when, "queues", f"$.queues.{queue.name}.when", {}))
            for queue in self._bundle.queues
        )
        return Graph(
            bundle_id(source),
            source,
            self._nodes,
            self._nodes[flow.initial],
            self._nodes.get(flow.on_error),
            queues,
            self.guard(self._bundle.vip, "vip", "$.vip", {}),
            flow.vars,
        )

    def guard(self, guard: form.Guard | None, section: str, path: str, types: dict[str, str]) -> Test | None:
        """Return the compiled guard, None for none; problems are added at their exact place."""
        if guard is None:
            return None
        compiled, problems = compile_guard(guard.source, section, types)
        self._add(problems, guard, path)
        if compiled is None:
            return None
        self.trees[guard.source] = compiled.tree
        return compiled.test

    def _add(self, problems: Iterable[Problem], guard: form.Guard, path: str) -> None:
        for problem in problems:
            at = guard.place(problem.start, problem.end)
            self.found.append(Diagnostic(problem.code, "error", path, at, problem.message, problem.hint))

    def _declare(self, states: Sequence[form.State], parent: Node | None) -> None:
        for state in states:
            node = Node(state.name, parent, len(self._nodes), state.final, state.parallel, state.history)
            self._nodes[state.name] = node
            self._declare(state.states, node)

    def _fill(self, states: Sequence[form.State]) -> None:
        for state in states:
            node = self._nodes[state.name]
            path = f"$.flows.{self._flow.name}.states.{state.name}"
            node.initial = self._initial(state, node)
            node.on = {
                handler.event: self._transitions(
                    handler.transitions, node, f"{path}.on.{handler.event}", handler.event
                )
                for handler in state.on
            }
            node.after = tuple(
                After(item.delay, self._transitions(item.transitions, node, f"{path}.after", "after"))
                for item in state.after
            )
            node.always = self._transitions(state.always, node, f"{path}.always", "")
            node.entry = self._actions(state.entry, f"{path}.entry", "")
            node.exit = self._actions(state.exit, f"{path}.exit", "")
            self._fill(state.states)

    def _initial(self, state: form.State, node: Node) -> Transition | None:
        """Return what leads to the children entered by default, None for a state that enters none or all of them."""
        if state.initial:
            target = self._nodes.get(state.initial)
            return Transition(node, (target,)) if target is not None else None
        if not state.history or node.parent is None:
            return None
        # A history state that says nothing else leads the first time to where its parent begins.
        parent = node.parent
        if parent.parallel:
            return Transition(node, tuple(parent.children))
        return parent.initial

    def _transitions(
        self, transitions: Sequence[form.Transition], node: Node, path: str, event: str
    ) -> tuple[Transition, ...]:
        return tuple(
            Transition(
                node,
                (self._nodes[each.to],) if each.to in self._nodes else (),
                self.guard(each.when, "flows", f"{path}.when", self._types),
                self._actions(each.actions, path, event),
                each.reenter,
            )
            for each in transitions
        )

    def _actions(self, actions: Sequence[form.Action], path: str, event: str) -> tuple[Run, ...]:
        return tuple(run for each in actions if (run := self._action(each, path, event)) is not None)

    def _action(self, action: form.Action, path: str, event: str) -> Run | None:
        word = ACTION_NAMES.get(action.name)
        if action.name not in REGISTRY:
            later = word is not None and word.later
            self._error(
                "K412" if later else "K411",
                path,
                action,
                Text(
                    f"这个版本还没有动作 {action.name}",
                    f"this version does not have the action {action.name} yet",
                )
                if later
                else Text(f"没有动作 {action.name}", f"there is no action {action.name}"),
            )
            return None
        wanted = _ONLY_AFTER.get(action.name)
        if wanted and event and event != wanted:
            self._error(
                "K414",
                path,
                action,
                Text(f"{action.name} 只能用在 {wanted} 之后", f"{action.name} works only on {wanted}"),
                Text(f"移到 on: {{{wanted}: ...}} 里", f"move it to on: {{{wanted}: ...}}"),
            )
            return None
        arguments: dict[str, Value] = dict(action.args)
        if action.name == "set":
            arguments = {"values": self._assignments(action, path)}
        bound = bind(action.name, arguments)
        if isinstance(bound, Text):
            self._error("K413", path, action, bound)
            return None
        return bound

    def _assignments(self, action: form.Action, path: str) -> dict[str, Value]:
        """Return values of `set`; a text that begins with `=` is computed: `set: {次数: =vars.次数 + 1}`."""
        values: dict[str, Value] = {}
        for name, value in action.args.items():
            wanted = self._types.get(name, "any")
            kind = type_of_value(value)
            if isinstance(value, str) and value.startswith("="):
                computed, kind, problems = compile_value(value[1:], "flows", self._types)
                self._add(problems, form.Guard(value[1:], action.at), path)
                values[name] = computed.test if computed else None
                if computed and "any" in kind and wanted != "any":
                    values[name] = kept_to(wanted, computed.test)
            else:
                values[name] = value
            if not comparable(wanted, kind):
                self._error(
                    "K403",
                    path,
                    action,
                    Text(f"变量 {name} 换了类型", f"the variable {name} would change its type"),
                    Text(
                        f"它的初值是 {self._flow.vars[name]!r}",
                        f"its first value is {self._flow.vars[name]!r}",
                    ),
                )
        return values

    def _error(self, code: str, path: str, at: form.Action, message: Text, hint: Text = _NO_TEXT) -> None:
        self.found.append(Diagnostic(code, "error", path, at.at, message, hint))
