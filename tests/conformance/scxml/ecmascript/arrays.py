"""Methods of arrays."""

from collections.abc import Callable
from functools import cmp_to_key
from typing import Any

from tests.conformance.scxml.ecmascript.scope import iterated
from tests.conformance.scxml.ecmascript.values import (
    UNDEFINED,
    Arr,
    Func,
    Obj,
    number,
    strictly_equal,
    text,
    truth,
)
from tests.conformance.scxml.faults import Illegal, Unsupported

LACKS = (
    "copyWithin entries keys values flat flatMap reduceRight toLocaleString fill findLast findLastIndex at"
)


def items_of(this: Any) -> list[Any]:
    """Return the items of `this`; methods of arrays on anything else are more than we do."""
    if not isinstance(this, Arr):
        raise Unsupported("methods of arrays on something else")
    return this.items


def _changed(this: Any) -> list[Any]:
    items = items_of(this)
    if this.sealed:
        raise Illegal("TypeError: the array cannot be changed")
    return items


def array_from(args: list[Any]) -> Arr:
    """Array.from."""
    made = iterated(args[0])
    if len(args) > 1 and isinstance(args[1], Func):
        made = [args[1].code(UNDEFINED, [item, float(place)]) for place, item in enumerate(made)]
    return Arr(made)


def bounds(args: list[Any], size: int) -> tuple[int, int]:
    """Return where a slice begins and ends, as Array.slice and String.slice count."""

    def one(place: int, default: int) -> int:
        if len(args) <= place or args[place] is UNDEFINED:
            return default
        value = number(args[place])
        at = int(value) if value == value and abs(value) < 1e15 else 0 if value != value else size * 2
        return max(0, size + at) if at < 0 else min(at, size)

    start, end = one(0, 0), one(1, size)
    return start, max(start, end)


def _splice(this: Any, args: list[Any]) -> Arr:
    items = _changed(this)
    start, _ = bounds(args[:1], len(items))
    count = len(items) - start if len(args) < 2 else max(0, int(number(args[1])))
    removed = items[start : start + count]
    items[start : start + count] = args[2:]
    return Arr(removed)


def _concat(this: Any, args: list[Any]) -> Arr:
    made = list(items_of(this))
    for arg in args:
        made.extend(arg.items if isinstance(arg, Arr) else [arg])
    return Arr(made)


def _join(this: Any, args: list[Any]) -> str:
    separator = "," if not args or args[0] is UNDEFINED else text(args[0])
    return separator.join("" if item is None or item is UNDEFINED else text(item) for item in items_of(this))


def _index(this: Any, args: list[Any], step: int = 1) -> float:
    items = items_of(this)
    for place in range(len(items))[::step]:
        if strictly_equal(items[place], args[0]):
            return float(place)
    return -1.0


def _sort(this: Any, args: list[Any]) -> Any:
    items = _changed(this)
    if args and isinstance(args[0], Func):
        compare = args[0]
        items.sort(key=cmp_to_key(lambda one, two: int(number(compare.code(UNDEFINED, [one, two])) * 1e6)))
    else:
        items.sort(key=lambda item: (item is UNDEFINED, text(item)))
    return this


def _each(this: Any, args: list[Any]) -> list[tuple[Any, Any]]:
    """Call the first argument for every item; return the items with what came back."""
    if not args or not isinstance(args[0], Func):
        raise Illegal("TypeError: a function is missing")
    receiver = args[1] if len(args) > 1 else UNDEFINED
    return [
        (item, args[0].code(receiver, [item, float(place), this]))
        for place, item in enumerate(list(items_of(this)))
    ]


def _find(this: Any, args: list[Any]) -> Any:
    return next((item for item, found in _each(this, args) if truth(found)), UNDEFINED)


def _find_index(this: Any, args: list[Any]) -> float:
    return next((float(place) for place, (_, found) in enumerate(_each(this, args)) if truth(found)), -1.0)


def _reduce(this: Any, args: list[Any]) -> Any:
    items = list(items_of(this))
    if len(args) < 2 and not items:
        raise Illegal("TypeError: nothing to reduce")
    value, start = (args[1], 0) if len(args) > 1 else (items[0], 1)
    for place in range(start, len(items)):
        value = args[0].code(UNDEFINED, [value, items[place], float(place), this])
    return value


def _push(this: Any, args: list[Any]) -> float:
    _changed(this).extend(args)
    return float(len(this.items))


def _unshift(this: Any, args: list[Any]) -> float:
    _changed(this)[:0] = args
    return float(len(this.items))


def _take(place: int) -> Callable[[Any, list[Any]], Any]:
    def take(this: Any, args: list[Any]) -> Any:
        items = _changed(this)
        return items.pop(place) if items else UNDEFINED

    return take


def _reverse(this: Any, args: list[Any]) -> Any:
    _changed(this).reverse()
    return this


def _for_each(this: Any, args: list[Any]) -> Any:
    _each(this, args)
    return UNDEFINED


def _slice(this: Any, args: list[Any]) -> Arr:
    items = items_of(this)
    start, end = bounds(args, len(items))
    return Arr(items[start:end])


METHODS: dict[str, Callable[[Any, list[Any]], Any]] = {
    "concat": _concat,
    "every": lambda this, args: all(truth(found) for _, found in _each(this, args)),
    "filter": lambda this, args: Arr(item for item, found in _each(this, args) if truth(found)),
    "find": _find,
    "findIndex": _find_index,
    "forEach": _for_each,
    "includes": lambda this, args: _index(this, args) >= 0,
    "indexOf": _index,
    "join": _join,
    "lastIndexOf": lambda this, args: _index(this, args, -1),
    "map": lambda this, args: Arr(found for _, found in _each(this, args)),
    "pop": _take(-1),
    "push": _push,
    "reduce": _reduce,
    "reverse": _reverse,
    "shift": _take(0),
    "slice": _slice,
    "some": lambda this, args: any(truth(found) for _, found in _each(this, args)),
    "sort": _sort,
    "splice": _splice,
    "toString": lambda this, args: _join(this, []) if isinstance(this, Arr) else f"[object {Obj.kind}]",
    "unshift": _unshift,
}
