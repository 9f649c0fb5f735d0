"""Values of ECMAScript and its conversions.

undefined is UNDEFINED, null is None, numbers are floats, strings are strings; everything else is an Obj.
"""

import math
import re
from collections.abc import Callable, Iterable
from typing import Any, Final

from tests.conformance.scxml.faults import Illegal, Unsupported


class Undefined:
    """The one value `undefined`."""

    def __repr__(self) -> str:
        return "undefined"

    def __bool__(self) -> bool:
        return False


UNDEFINED: Final = Undefined()


class Obj:
    """An object: own properties, and a prototype to look further.  `sealed` refuses every change."""

    kind = "Object"

    def __init__(self, props: dict[str, Any] | None = None, proto: "Obj | None" = None) -> None:
        self.props: dict[str, Any] = props or {}
        self.proto: Obj | None = proto if proto is not None else PROTOTYPES.get(self.kind)
        self.sealed = False

    def get(self, key: str) -> Any:
        """Return a property, own or inherited."""
        if key in self.props:
            return self.props[key]
        return self.proto.get(key) if self.proto is not None else UNDEFINED

    def set(self, key: str, value: Any) -> None:
        """Set an own property."""
        if self.sealed:
            raise Illegal(f"TypeError: {key} cannot be changed")
        self.props[key] = value

    def has(self, key: str) -> bool:
        """Whether `key in this`."""
        return self.owns(key) or (self.proto is not None and self.proto.has(key))

    def owns(self, key: str) -> bool:
        """Whether the property is this object's own."""
        return key in self.props

    def delete(self, key: str) -> None:
        """Forget an own property."""
        if self.sealed:
            raise Illegal(f"TypeError: {key} cannot be deleted")
        self.props.pop(key, None)

    def names(self) -> list[str]:
        """Return the enumerable own properties: whole numbers first, as ECMAScript orders them."""
        numbers = [key for key in self.props if key.isdecimal()]
        return [*sorted(numbers, key=int), *(key for key in self.props if not key.isdecimal())]


class Prototype(Obj):
    """The prototype of a built-in kind.  What ECMAScript has there and we lack is refused aloud, not undefined."""

    def __init__(self, lacks: str = "", proto: "Obj | None" = None) -> None:
        super().__init__(None, proto)
        self.lacks = frozenset(lacks.split())

    def get(self, key: str) -> Any:
        """Return what is built in."""
        if key in self.lacks and key not in self.props:
            raise Unsupported(f"the built-in {key}")
        return super().get(key)

    def names(self) -> list[str]:
        """Nothing that is built in is enumerable."""
        return []


PROTOTYPES: dict[str, Obj] = {}


class Arr(Obj):
    """An array."""

    kind = "Array"

    def __init__(self, items: Iterable[Any] = ()) -> None:
        super().__init__()
        self.items = list(items)

    def get(self, key: str) -> Any:
        """Return an item, the length, or what any object has."""
        if key == "length":
            return float(len(self.items))
        if key.isdecimal():
            return self.items[int(key)] if int(key) < len(self.items) else UNDEFINED
        return super().get(key)

    def set(self, key: str, value: Any) -> None:
        """Set an item or the length; what lies between is undefined."""
        if self.sealed:
            raise Illegal(f"TypeError: {key} cannot be changed")
        if key == "length" or key.isdecimal():
            size = int(number(value)) if key == "length" else int(key) + 1
            if size > 1_000_000:
                raise Unsupported("huge arrays")
            self.items.extend([UNDEFINED] * (size - len(self.items)))
            if key == "length":
                del self.items[size:]
            else:
                self.items[int(key)] = value
            return
        super().set(key, value)

    def owns(self, key: str) -> bool:
        """Whether there is such an item."""
        return key == "length" or (key.isdecimal() and int(key) < len(self.items)) or super().owns(key)

    def names(self) -> list[str]:
        """Return the numbers of the items, then other properties."""
        return [*(str(place) for place in range(len(self.items))), *super().names()]


class Func(Obj):
    """A function: `code` takes `this` and the arguments."""

    kind = "Function"

    def __init__(
        self, name: str, code: Callable[[Any, list[Any]], Any], source: str = "", own_this: bool = True
    ) -> None:
        super().__init__()
        self.code = code
        self.source = source or f"function {name}() {{ [native code] }}"
        self.made_by_new = own_this
        self.props["name"] = name
        if own_this:
            self.props["prototype"] = Obj({"constructor": self})

    def names(self) -> list[str]:
        """Return what a document added itself."""
        return [key for key in super().names() if key not in ("name", "prototype")]

    def construct(self, args: list[Any]) -> Any:
        """`new` this."""
        if not self.made_by_new:
            raise Illegal("TypeError: not a constructor")
        proto = self.get("prototype")
        made = Obj(None, proto if isinstance(proto, Obj) else None)
        result = self.code(made, args)
        return result if isinstance(result, Obj) else made


class Pattern(Obj):
    """A regular expression."""

    kind = "RegExp"

    def __init__(self, source: str, flags: str) -> None:
        super().__init__({"lastIndex": 0.0, "source": source, "flags": flags, "global": "g" in flags})
        if set(flags) - set("gims") or "(?<" in source or "\\p" in source:
            raise Unsupported(f"the regular expression /{source}/{flags}")
        bits = sum({"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}.get(flag, 0) for flag in flags)
        try:
            self.compiled = re.compile(source.replace("\\/", "/"), bits | re.ASCII)
        except re.error as error:
            raise Unsupported(f"the regular expression /{source}/: {error}") from None


class Thrown(Illegal):
    """An ECMAScript exception on its way to a `catch`, or to error.execution."""

    def __init__(self, value: Any) -> None:
        super().__init__(thrown_text(value))
        self.value = value


def thrown_text(value: Any) -> str:
    """Return an exception as one line."""
    if isinstance(value, Obj) and value.has("message"):
        return f"{text(value.get('name'))}: {text(value.get('message'))}"
    return text(value)


# Conversions ----------------------------------------------------------------------------------------------------------


def truth(value: Any) -> bool:
    """ToBoolean."""
    if isinstance(value, float):
        return value == value and value != 0  # NaN is the number that differs from itself
    return isinstance(value, Obj) or bool(value)


def number(value: Any) -> float:
    """ToNumber."""
    if isinstance(value, bool) or value is None:
        return float(bool(value))
    if isinstance(value, float):
        return value
    if isinstance(value, str):
        return _number_of_text(value.strip())
    if isinstance(value, Obj):
        return number(primitive(value, "number"))
    return math.nan


def _number_of_text(value: str) -> float:
    if not value:
        return 0.0
    if re.fullmatch(r"0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+", value):
        return float(int(value, 0))
    if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", value, re.ASCII):
        return float(value)
    if re.fullmatch(r"[+-]?Infinity", value):
        return math.inf if value[0] != "-" else -math.inf
    return math.nan


def text(value: Any) -> str:
    """ToString."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, float):
        return _text_of_number(value)
    if isinstance(value, Obj):
        return text(primitive(value, "string"))
    return "undefined"


def _text_of_number(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == int(value) and abs(value) < 1e21:
        return str(int(value))
    shown = repr(value)
    if "e" not in shown:
        return shown
    digits, power = shown.split("e")
    if -7 < int(power) < 0:
        return f"{value:.{len(digits.replace('.', '').lstrip('-')) - int(power) - 1}f}"
    return f"{digits}e{int(power):+d}"


def primitive(value: Any, hint: str = "default") -> Any:
    """ToPrimitive."""
    if not isinstance(value, Obj):
        return value
    for name in ("toString", "valueOf") if hint == "string" else ("valueOf", "toString"):
        method = value.get(name)
        if isinstance(method, Func):
            found = method.code(value, [])
            if not isinstance(found, Obj):
                return found
    raise Illegal("TypeError: an object has no primitive value")


def type_of(value: Any) -> str:
    """Return what `typeof` says."""
    if isinstance(value, Func):
        return "function"
    kinds = {bool: "boolean", float: "number", str: "string", Undefined: "undefined"}
    return kinds.get(type(value), "object")


def strictly_equal(one: Any, two: Any) -> bool:
    """`===`."""
    if type_of(one) != type_of(two) or (one is None) != (two is None):
        return False
    return one is two if isinstance(one, Obj) else bool(one == two)


def loosely_equal(one: Any, two: Any) -> bool:
    """`==`."""
    nothing = (None, UNDEFINED)
    if one in nothing or two in nothing:
        return one in nothing and two in nothing
    if type_of(one) == type_of(two) or (isinstance(one, Obj) and isinstance(two, Obj)):
        return strictly_equal(one, two)
    if isinstance(one, Obj) or isinstance(two, Obj):
        return loosely_equal(primitive(one), primitive(two))
    return number(one) == number(two)
