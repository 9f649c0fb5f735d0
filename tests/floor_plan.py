"""Reads the source like a surveyor: which room imports which, how long a file is, what it is called, who tests it.

The rules of the house are checks and not prose, because prose is forgotten on the day of the deadline. The tables below are
the house; the functions only walk through it. Nothing is imported, so a broken module can be surveyed too.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

# Floors of appliance/, ground floor first. Imports go only downward, or stay inside their own room.
FLOORS: tuple[frozenset[str], ...] = (
    frozenset({"errors", "model", "inputs", "records", "effects", "figures", "history", "ports"}),
    frozenset({"config"}),
    frozenset({"flow", "conversation", "delivery", "dispatch", "overload"}),
    frozenset({"stores", "buses", "channels", "ai", "telemetry"}),
    frozenset({"runtime"}),
    frozenset({"http", "cli", "ui"}),
)
# The modules of the ground floor are one room, the words: they may name each other.
WORDS = FLOORS[0]
SIDEWAYS = {
    ("conversation", "flow"): "a conversation is folded through the same step that runs it live",
    ("cli", "http"): "`kefu run` is what opens the doors",
}
PURE_FLOORS = 3
WORLD = frozenset(
    {"asyncio", "aiohttp", "time", "os", "random", "logging", "threading", "secrets", "socket", "subprocess"}
)
# Text formats are read in one room only; everywhere else there are typed objects.
CONFIG_ONLY = frozenset({"yaml", "jsonschema"})
SAYS_NOTHING = re.compile(r"(utils?|helpers?|common|misc|base|stuff|.*manager.*)", re.IGNORECASE)
MAX_LINES = 350
UNTESTED = {
    "appliance/__main__.py": "one call of cli.main; every test that starts the appliance as a process runs it",
    "appliance/ports.py": "Protocols without code; tests/contract/ judges everything that claims to be one",
}
# Packages of this checkout, and whom each may import.
MAY_IMPORT = {"appliance": {"appliance"}, "tools": {"appliance", "tools"}}
CATALOGS = ("appliance/cli/catalog.py", "appliance/runtime/catalog.py")
ON_USE = re.compile(r"(?P<module>(?:appliance|tools)(?:\.\w+)+):(?P<name>\w+)")
SKIPPED_FOLDERS = frozenset({"node_modules", "dist", "dist.new", "__pycache__"})


class Finding(NamedTuple):
    """One broken rule: where, which (a short tag), what is wrong and what mends it."""

    path: str
    line: int
    rule: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.message} -> {self.remedy}"


class Import(NamedTuple):
    """One imported dotted name (`from a import b` gives "a.b") and the line that imports it."""

    name: str
    line: int


def survey(root: Path) -> list[Finding]:
    """Return every broken rule under `root`, ordered by place."""
    found: list[Finding] = []
    for path in sources(root):
        place = path.relative_to(root).as_posix()
        text = path.read_text(encoding="utf-8")
        found += _length(place, text)
        found += _name(place)
        if path.suffix == ".py":
            tree = ast.parse(text, place)
            found += _imports(place, tree)
            found += _tested(root, place, tree)
            if place in CATALOGS:
                found += _catalog(root, place, tree)
    return sorted(found)


def sources(root: Path) -> list[Path]:
    """Return the source files that the rules are about: Python of appliance and tools, TypeScript of appliance."""
    found = [path for package in MAY_IMPORT for path in (root / package).rglob("*.py")]
    found += [path for path in (root / "appliance").rglob("*.ts") if not path.name.endswith(".d.ts")]
    return sorted(path for path in found if not SKIPPED_FOLDERS & set(path.relative_to(root).parts))


def floor_of(room: str) -> int | None:
    """Return the floor of a room of appliance/; None when the house has no such room."""
    return next((number for number, rooms in enumerate(FLOORS) if room in rooms), None)


def room_of(place: str) -> str:
    """Return the room of a path: "appliance/flow/step.py" -> "flow", "appliance/model.py" -> "model", else ""."""
    parts = place.removesuffix(".py").split("/")
    return "" if parts[0] != "appliance" or parts[1] in {"__init__", "__main__"} else parts[1]


def imports(place: str, tree: ast.AST) -> Iterator[Import]:
    """Yield what a module imports: anywhere in it, for types too, relative ones and import_module("...") resolved."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (Import(alias.name, node.lineno) for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                start = ".".join(filter(None, [_package(place, level), module]))
                yield from (Import(f"{start}.{alias.name}", node.lineno) for alias in names)
            case ast.Call(func=ast.Attribute(attr="import_module"), args=[ast.Constant(value=str(name)), *_]):
                yield Import(name, node.lineno)
            case ast.Call(
                func=ast.Name(id="import_module" | "__import__"), args=[ast.Constant(value=str(name)), *_]
            ):
                yield Import(name, node.lineno)


def _package(place: str, level: int) -> str:
    """Return the package that `level` leading dots mean in the file at `place`; "" for an absolute import."""
    return ".".join(place.split("/")[:-level]) if level else ""


def _imports(place: str, tree: ast.AST) -> Iterator[Finding]:
    package = place.split("/")[0]
    room = room_of(place)
    floor = floor_of(room)
    if room and floor is None:
        remedy = "put it into a room, or add the room to FLOORS in tests/floor_plan.py and to CONTRIBUTING.md"
        yield Finding(place, 1, "no-such-room", f"the house has no room '{room}'", remedy)
    seen: set[tuple[int, str, str]] = set()
    for name, line in imports(place, tree):
        top = name.split(".")[0]
        for finding in _one_import(place, line, name, top, package, room, floor):
            # `from x import a, b` breaks a rule once, not once a name.
            if (line, finding.rule, finding.message) not in seen:
                seen.add((line, finding.rule, finding.message))
                yield finding


def _one_import(
    place: str, line: int, name: str, top: str, package: str, room: str, floor: int | None
) -> Iterator[Finding]:
    if top in {"appliance", "tools", "tests"} and top not in MAY_IMPORT[package]:
        remedy = "turn it round, or name it as a 'module:function' string in a catalog"
        yield Finding(place, line, "upward", f"{package} imports {top}", remedy)
    if top in CONFIG_ONLY and package == "appliance" and room != "config":
        yield Finding(
            place, line, "config-only", f"{top} outside config/", "take a typed object from config/ instead"
        )
    if floor is not None and floor < PURE_FLOORS and top in WORLD:
        remedy = "take time, ids and answers as arguments; what touches the world lives on floor 3 and above"
        yield Finding(place, line, "impure", f"floor {floor} imports {top}", remedy)
    if top == "appliance" and floor is not None:
        yield from _floors(place, line, name, room, floor)


def _floors(place: str, line: int, name: str, room: str, floor: int) -> Iterator[Finding]:
    target = [*name.split("."), ""][1]
    level = floor_of(target)
    if level is None or target == room or {room, target} <= WORDS or (room, target) in SIDEWAYS:
        return
    if level > floor:
        remedy = "move what is needed down, or hand it in as an argument or a port"
        message = f"{room} (floor {floor}) imports {target} (floor {level})"
        yield Finding(place, line, "upward", message, remedy)
    elif level == floor:
        remedy = "let the floor above bring the two together, or move what both need down"
        yield Finding(
            place, line, "sideways", f"{room} imports its neighbour {target} (floor {floor})", remedy
        )


def _length(place: str, text: str) -> Iterator[Finding]:
    lines = len(text.splitlines())
    if lines > MAX_LINES:
        remedy = f"split it by what changes together (at most {MAX_LINES})"
        yield Finding(place, lines, "too-long", f"{lines} lines", remedy)


def _name(place: str) -> Iterator[Finding]:
    for part in place.split("/"):
        stem = part.split(".")[0].strip("_")
        if SAYS_NOTHING.fullmatch(stem):
            yield Finding(
                place, 1, "says-nothing", f"the name '{stem}'", "name it for the domain noun that it holds"
            )


def _tested(root: Path, place: str, tree: ast.Module) -> Iterator[Finding]:
    if place in UNTESTED or (place.endswith("/__init__.py") and not _has_code(tree)):
        return
    expected = test_file_of(place)
    folder = root / Path(expected).parent
    mirrors = [root / expected, *sorted(folder.glob(f"{Path(expected).stem}_*.py"))]
    if not any(path.is_file() and _holds_tests(path) for path in mirrors):
        remedy = f"write {expected} with at least one test"
        yield Finding(place, 1, "untested", "no test file mirrors it", remedy)


def test_file_of(place: str) -> str:
    """Return the path of the test that mirrors a source: "appliance/flow/step.py" -> "tests/flow/test_step.py"."""
    parts = place.removesuffix(".py").split("/")
    folders = parts[1:-1] if parts[0] == "appliance" else parts[:-1]
    return "/".join(["tests", *folders, f"test_{parts[-1].strip('_')}.py"])


def _has_code(tree: ast.Module) -> bool:
    """Tell whether a package's door does more than hold its docstring, names such as __all__, and re-exports."""
    return not all(
        isinstance(node, ast.Import | ast.ImportFrom)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        or (isinstance(node, ast.Assign) and all(ast.unparse(name).startswith("__") for name in node.targets))
        for node in tree.body
    )


def _holds_tests(path: Path) -> bool:
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if name.startswith("test"):
                return True
            # A hypothesis state machine becomes a test by assignment: TestDesk = DeskMachine.TestCase.
            case ast.Assign(targets=[ast.Name(id=name)]) if name.startswith("Test"):
                return True
    return False


def _catalog(root: Path, place: str, tree: ast.Module) -> Iterator[Finding]:
    """Check what a catalog loads on use: the strings must lead somewhere, for no import statement will tell."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        named = ON_USE.fullmatch(node.value)
        if named and not _defines(root, named["module"], named["name"]):
            remedy = "correct the module or the name, or remove the row"
            yield Finding(place, node.lineno, "leads-nowhere", f"nothing is at '{node.value}'", remedy)
    if place == "appliance/cli/catalog.py":
        for name, line in imports(place, tree):
            if name.startswith(("appliance.cli.", "tools.")):
                remedy = "name it as a 'module:function' string, so that `kefu --help` loads no command"
                yield Finding(place, line, "loaded-early", f"the catalog imports {name}", remedy)


def _defines(root: Path, module: str, name: str) -> bool:
    path = root / Path(*module.split("."))
    found = next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)
    if found is None:
        return False
    for node in ast.parse(found.read_text(encoding="utf-8"), str(found)).body:
        match node:
            case ast.FunctionDef(name=it) | ast.AsyncFunctionDef(name=it) | ast.ClassDef(name=it) if (
                it == name
            ):
                return True
            case ast.Assign(targets=targets) if name in {ast.unparse(target) for target in targets}:
                return True
    return False
