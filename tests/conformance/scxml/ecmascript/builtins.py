"""The built-in objects of ECMAScript that documents use; the others are named, so that using one is `unsupported`."""

import json
import math
from collections.abc import Callable
from typing import Any

from tests.conformance.scxml.ecmascript import arrays, strings
from tests.conformance.scxml.ecmascript.operators import binary, member
from tests.conformance.scxml.ecmascript.scope import Scope
from tests.conformance.scxml.ecmascript.tokens import words
from tests.conformance.scxml.ecmascript.values import (
    PROTOTYPES,
    UNDEFINED,
    Arr,
    Func,
    Obj,
    Prototype,
    number,
    text,
    thrown_text,
    truth,
)
from tests.conformance.scxml.faults import Illegal, Unsupported

MISSING = frozenset(
    words(
        "Date RegExp Promise Symbol Map Set WeakMap WeakSet Proxy Reflect Intl Function eval globalThis window document "
        "setTimeout setInterval clearTimeout clearInterval require module process XMLHttpRequest DOMParser BigInt "
        "ArrayBuffer DataView Int8Array Uint8Array Float64Array escape unescape encodeURI decodeURI"
    )
)
_ERRORS = ("Error", "TypeError", "ReferenceError", "RangeError", "SyntaxError", "EvalError", "URIError")


def plain(value: Any) -> Any:
    """Return a value as Python's json would have it; functions and undefined are UNDEFINED."""
    if isinstance(value, Func) or value is UNDEFINED:
        return UNDEFINED
    if isinstance(value, float):
        return None if not math.isfinite(value) else int(value) if value == int(value) else value
    if isinstance(value, Arr):
        return [None if (item := plain(each)) is UNDEFINED else item for each in value.items]
    if isinstance(value, Obj):
        custom = value.get("toJSON")
        if isinstance(custom, Func):
            return plain(custom.code(value, [""]))
        pairs = ((key, plain(value.get(key))) for key in value.names())
        return {key: item for key, item in pairs if item is not UNDEFINED}
    return value


def lively(value: Any) -> Any:
    """Return Python's value of a JSON text as one of ECMAScript."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, dict):
        return Obj({str(key): lively(item) for key, item in value.items()})
    return Arr(lively(item) for item in value)


def json_text(args: list[Any]) -> Any:
    """JSON.stringify."""
    if len(args) > 1 and args[1] not in (None, UNDEFINED):
        raise Unsupported("JSON.stringify with a replacer")
    try:
        found = plain(args[0] if args else UNDEFINED)
    except RecursionError:
        raise Illegal("TypeError: a circle has no JSON") from None
    if found is UNDEFINED:
        return UNDEFINED
    space = args[2] if len(args) > 2 else UNDEFINED
    if truth(space):
        return json.dumps(
            found, ensure_ascii=False, indent=int(space) if isinstance(space, float) else text(space)
        )
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def json_value(args: list[Any]) -> Any:
    """JSON.parse."""
    try:
        return lively(json.loads(text(args[0])))
    except ValueError as error:
        raise Illegal(f"SyntaxError: {error}") from None


def native(name: str, code: Callable[[list[Any]], Any]) -> Func:
    """Return a built-in function that does not look at `this`."""
    return Func(name, lambda this, args: code(args or [UNDEFINED]), own_this=False)


class Maker(Func):
    """A built-in constructor; `statics` hang on it."""

    def __init__(
        self, name: str, code: Callable[[list[Any]], Any], statics: dict[str, Any] | None = None
    ) -> None:
        super().__init__(name, lambda this, args: code(args))
        self.props["prototype"] = PROTOTYPES[name] if name in PROTOTYPES else self.props["prototype"]
        self.props.update(statics or {})

    def construct(self, args: list[Any]) -> Any:
        """`new` it: an object, or refused where a boxed primitive would come out."""
        made = self.code(UNDEFINED, args)
        if not isinstance(made, Obj):
            raise Unsupported("boxed primitives")
        return made


def _methods(kind: str, table: dict[str, Callable[..., Any]], lacks: str = "") -> Obj:
    """Fill the prototype of `kind` with methods."""
    made = PROTOTYPES.setdefault(kind, Prototype(lacks, PROTOTYPES["Object"]))
    for name, code in table.items():
        made.props[name] = Func(name, code, own_this=False)
    return made


def _whole(this: Any) -> str:
    if isinstance(this, Arr):
        return "[object Array]"
    return "[object Function]" if isinstance(this, Func) else "[object Object]"


def _call(this: Any, args: list[Any]) -> Any:
    return this.code(args[0] if args else UNDEFINED, args[1:])


def _apply(this: Any, args: list[Any]) -> Any:
    given = args[1].items if len(args) > 1 and isinstance(args[1], Arr) else []
    return this.code(args[0] if args else UNDEFINED, list(given))


def _bind(this: Any, args: list[Any]) -> Any:
    bound, first = (args[0] if args else UNDEFINED), args[1:]
    return Func("bound", lambda _, more: this.code(bound, [*first, *more]))


def _fixed(this: Any, args: list[Any]) -> Any:
    return f"{number(this):.{int(number(args[0])) if args else 0}f}"


def _number_text(this: Any, args: list[Any]) -> Any:
    radix = int(number(args[0])) if args and args[0] is not UNDEFINED else 10
    if radix == 10 or this != int(this):
        return text(this)
    digits, rest = "", abs(int(this))
    while rest:
        digits, rest = "0123456789abcdefghijklmnopqrstuvwxyz"[rest % radix] + digits, rest // radix
    return ("-" if this < 0 else "") + (digits or "0")


def _prototypes() -> None:
    """Fill PROTOTYPES; they are shared by all sessions, which none of the suites' documents changes."""
    base = PROTOTYPES["Object"] = Prototype(
        "isPrototypeOf propertyIsEnumerable toLocaleString __proto__ __defineGetter__ __lookupGetter__"
    )
    base.proto = None
    # Before any method is made: every function inherits from it.
    PROTOTYPES["Function"] = Prototype("length", base)
    _methods(
        "Function",
        {"call": _call, "apply": _apply, "bind": _bind, "toString": lambda this, args: this.source},
    )
    _methods(
        "Object",
        {
            "hasOwnProperty": lambda this, args: isinstance(this, Obj) and this.owns(text(args[0])),
            "toString": lambda this, args: _whole(this),
            "valueOf": lambda this, args: this,
        },
    )
    _methods("Array", arrays.METHODS, arrays.LACKS)
    _methods("String", strings.METHODS, strings.LACKS)
    _methods("RegExp", strings.PATTERN_METHODS, "toString")
    _methods("Boolean", {"toString": lambda this, args: text(this)})
    numbers = {"toFixed": _fixed, "toString": _number_text}
    _methods("Number", numbers, "toPrecision toExponential toLocaleString")
    error = _methods("Error", {"toString": lambda this, args: thrown_text(this)}, "stack")
    error.props.update({"name": "Error", "message": ""})
    for name in _ERRORS[1:]:
        PROTOTYPES[name] = Prototype("stack", error)
        PROTOTYPES[name].props["name"] = name


_prototypes()


def _error(name: str) -> Func:
    def make(args: list[Any]) -> Obj:
        made = Obj(None, PROTOTYPES[name])
        if args and args[0] is not UNDEFINED:
            made.props["message"] = text(args[0])
        return made

    return Maker(name, make)


def _array(args: list[Any]) -> Arr:
    if len(args) == 1 and isinstance(args[0], float):
        return Arr([UNDEFINED] * int(args[0]))
    return Arr(args)


def _assign(args: list[Any]) -> Any:
    for source in args[1:]:
        for key in source.names() if isinstance(source, Obj) else ():
            args[0].set(key, source.get(key))
    return args[0]


def _seal(args: list[Any]) -> Any:
    if isinstance(args[0], Obj):
        args[0].sealed = True
    return args[0]


def _parse_int(args: list[Any]) -> float:
    shown = text(args[0]).strip().lower()
    radix = int(number(args[1])) if len(args) > 1 and truth(args[1]) else 0
    sign = -1 if shown.startswith("-") else 1
    shown = shown.lstrip("+-")
    if shown.startswith("0x") and radix in (0, 16):
        shown, radix = shown[2:], 16
    length = 0
    while length < len(shown) and shown[length].isalnum() and int(shown[length], 36) < (radix or 10):
        length += 1
    return float(sign * int(shown[:length], radix or 10)) if length else math.nan


def _parse_float(args: list[Any]) -> float:
    shown = text(args[0]).strip()
    for length in range(len(shown), 0, -1):
        if shown[:length].strip() and not math.isnan(found := number(shown[:length])):
            return found
    return math.nan


def _keys(args: list[Any]) -> list[str]:
    if args[0] is None or args[0] is UNDEFINED:
        raise Illegal("TypeError: nothing has no keys")
    return args[0].names() if isinstance(args[0], Obj) else []


def _math() -> Obj:
    def one(code: Callable[[float], float], rounds: bool = False) -> Callable[[list[Any]], float]:
        def run(args: list[Any]) -> float:
            try:
                return float(code(number(args[0])))
            except (ValueError, OverflowError):
                # The rounding of NaN and the infinities is themselves; everything else has no value there.
                return number(args[0]) if rounds else math.nan

        return run

    table: dict[str, Callable[[list[Any]], Any]] = {
        name: one(getattr(math, name), name in ("floor", "ceil", "trunc"))
        for name in words("floor ceil trunc sqrt sin cos tan atan exp log log2 log10")
    }
    table["abs"] = one(abs)
    table["round"] = one(lambda value: math.floor(value + 0.5))
    table["sign"] = one(lambda value: math.copysign(1, value) if value else 0.0)
    table["pow"] = lambda args: binary("**", args[0], args[1])
    table["max"] = lambda args: max(number(arg) for arg in args)
    table["min"] = lambda args: min(number(arg) for arg in args)
    made = Prototype("random atan2 hypot cbrt asin acos fround imul clz32 sinh cosh tanh")
    made.props.update({name: native(name, code) for name, code in table.items()})
    made.props.update({"PI": math.pi, "E": math.e})
    return made


def _number_statics() -> dict[str, Any]:
    integer = native("isInteger", lambda args: isinstance(args[0], float) and args[0] % 1 == 0)
    return {
        "isInteger": integer,
        "isNaN": native("isNaN", lambda args: isinstance(args[0], float) and math.isnan(args[0])),
        "parseInt": native("parseInt", _parse_int),
        "parseFloat": native("parseFloat", _parse_float),
        "MAX_SAFE_INTEGER": float(2**53 - 1),
        "NaN": math.nan,
    }


def standard(log: Callable[[str], None]) -> Scope:
    """Return a fresh global scope; what a document logs goes to `log`."""
    objects: dict[str, Callable[[list[Any]], Any]] = {
        "keys": lambda args: Arr(_keys(args)),
        "values": lambda args: Arr(member(args[0], key) for key in _keys(args)),
        "entries": lambda args: Arr(Arr([key, member(args[0], key)]) for key in _keys(args)),
        "assign": _assign,
        "freeze": _seal,
        "create": lambda args: Obj(None, args[0]) if args[0] is not None else Obj(),
        "getPrototypeOf": lambda args: args[0].proto,
    }
    scope = Scope()

    def said(args: list[Any]) -> Any:
        log(" ".join(text(arg) for arg in args))
        return UNDEFINED

    scope.names.update({name: _error(name) for name in _ERRORS})
    names: dict[str, Any] = {
        "undefined": UNDEFINED,
        "NaN": math.nan,
        "Infinity": math.inf,
        "Object": Maker(
            "Object",
            lambda args: args[0] if args and isinstance(args[0], Obj) else Obj(),
            {name: native(name, code) for name, code in objects.items()},
        ),
        "Array": Maker(
            "Array",
            _array,
            {
                "isArray": native("isArray", lambda args: isinstance(args[0], Arr)),
                "from": native("from", arrays.array_from),
                "of": Func("of", lambda this, args: Arr(args), own_this=False),
            },
        ),
        "String": Maker("String", lambda args: text(args[0]) if args else "", strings.STATICS),
        "Number": Maker("Number", lambda args: number(args[0]) if args else 0.0, _number_statics()),
        "Boolean": Maker("Boolean", lambda args: truth(args[0]) if args else False),
        "Math": _math(),
        "JSON": Obj({"stringify": native("stringify", json_text), "parse": native("parse", json_value)}),
        "console": Obj({"log": native("log", said)}),
        "parseInt": native("parseInt", _parse_int),
        "parseFloat": native("parseFloat", _parse_float),
        "isNaN": native("isNaN", lambda args: math.isnan(number(args[0]))),
        "isFinite": native("isFinite", lambda args: math.isfinite(number(args[0]))),
        "encodeURIComponent": native("encodeURIComponent", strings.quoted),
        "decodeURIComponent": native("decodeURIComponent", strings.unquoted),
    }
    scope.names.update(names)
    scope.fixed |= {"undefined", "NaN", "Infinity"}
    return scope
