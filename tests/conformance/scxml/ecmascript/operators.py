"""Operators of ECMAScript between two values, and the lookup of a property."""

import math
from typing import Any

from tests.conformance.scxml.ecmascript.values import (
    PROTOTYPES,
    UNDEFINED,
    Func,
    Obj,
    loosely_equal,
    number,
    primitive,
    strictly_equal,
    text,
)
from tests.conformance.scxml.faults import Illegal


def binary(operator: str, left: Any, right: Any) -> Any:
    """Return `left operator right`."""
    match operator:
        case "===":
            return strictly_equal(left, right)
        case "!==":
            return not strictly_equal(left, right)
        case "==":
            return loosely_equal(left, right)
        case "!=":
            return not loosely_equal(left, right)
        case "+":
            return _plus(primitive(left), primitive(right))
        case "<" | ">" | "<=" | ">=":
            return _ordered(operator, primitive(left, "number"), primitive(right, "number"))
        case "in":
            if not isinstance(right, Obj):
                raise Illegal("TypeError: `in` asks an object")
            return right.has(text(left))
        case "instanceof":
            return _instance(left, right)
        case _:
            return _arithmetic(operator, number(left), number(right))


def _plus(left: Any, right: Any) -> Any:
    if isinstance(left, str) or isinstance(right, str):
        return text(left) + text(right)
    return number(left) + number(right)


def _ordered(operator: str, left: Any, right: Any) -> bool:
    if not (isinstance(left, str) and isinstance(right, str)):
        left, right = number(left), number(right)
    found = {"<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right}
    return bool(found[operator])


def _instance(left: Any, right: Any) -> bool:
    if not isinstance(right, Func):
        raise Illegal("TypeError: instanceof asks a function")
    wanted = right.get("prototype")
    proto = left.proto if isinstance(left, Obj) else None
    while proto is not None and proto is not wanted:
        proto = proto.proto
    return proto is not None


def _arithmetic(operator: str, left: float, right: float) -> float:
    if operator in ("&", "|", "^", "<<", ">>", ">>>"):
        return _bits(operator, left, right)
    try:
        match operator:
            case "-":
                return left - right
            case "*":
                return left * right
            case "/":
                return left / right
            case "%":
                return math.fmod(left, right)
            case _:
                found = left**right
                return found if isinstance(found, float) else math.nan
    except (ZeroDivisionError, OverflowError, ValueError):
        return _beyond(operator, left, right)


def _beyond(operator: str, left: float, right: float) -> float:
    """Return what Python refuses to calculate and ECMAScript calls Infinity or NaN."""
    if operator == "%" or math.isnan(left) or (operator == "/" and left == 0):
        return math.nan
    negative = math.copysign(1, left) < 0
    if operator == "/":
        return -math.inf if negative != (math.copysign(1, right) < 0) else math.inf
    return -math.inf if negative and right % 2 == 1 else math.inf


def _bits(operator: str, left: float, right: float) -> float:
    one, two = _int32(left), _int32(right)
    match operator:
        case "&":
            found = one & two
        case "|":
            found = one | two
        case "^":
            found = one ^ two
        case "<<":
            found = one << (two & 31)
        case ">>":
            found = one >> (two & 31)
        case _:
            return float((one & 0xFFFFFFFF) >> (two & 31))
    return float(_int32(float(found & 0xFFFFFFFF)))


def _int32(value: float) -> int:
    if not math.isfinite(value):
        return 0
    low = int(value) & 0xFFFFFFFF
    return low - (1 << 32) if low & 0x80000000 else low


def member(holder: Any, key: str) -> Any:
    """Return `holder.key`."""
    if isinstance(holder, Obj):
        return holder.get(key)
    if isinstance(holder, str):
        if key == "length":
            return float(len(holder))
        if key.isdecimal():
            return holder[int(key)] if int(key) < len(holder) else UNDEFINED
        return PROTOTYPES["String"].get(key)
    if isinstance(holder, bool):
        return PROTOTYPES["Boolean"].get(key)
    if isinstance(holder, float):
        return PROTOTYPES["Number"].get(key)
    raise Illegal(f"TypeError: {text(holder)} has no property {key}")
