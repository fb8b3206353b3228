"""Values from JSON as the types that a dataclass is annotated with, checked on the way."""

import math
from dataclasses import MISSING, fields, is_dataclass
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints


def parsed(kind: Any, value: Any, where: str = "") -> Any:
    """A value from JSON as the type that a field is annotated with.

    Args:
        kind: a dataclass, str, int, float, X | None, tuple[X, ...], dict[str, X] or Literal.
        value: from JSON.
        where: the path of the field, for the message.

    Raises:
        ValueError: something is missing or of another type.
    """
    if isinstance(kind, type) and is_dataclass(kind):
        _check(isinstance(value, dict), "an object", value, where)
        prefix = f"{where}." if where else ""
        needed = [each.name for each in fields(kind) if each.default is MISSING and each.default_factory is MISSING]
        if missing := [name for name in needed if name not in value]:
            raise ValueError(f"it lacks {', '.join(prefix + name for name in missing)}")
        kinds = get_type_hints(kind)
        known = [each.name for each in fields(kind) if each.name in value]
        return kind(**{name: parsed(kinds[name], value[name], prefix + name) for name in known})
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is UnionType:
        return None if value is None else parsed(arguments[0], value, where)
    if origin is tuple:
        _check(isinstance(value, list), "a list", value, where)
        return tuple(parsed(arguments[0], each, f"{where}[{index}]") for index, each in enumerate(value))
    if origin is dict:
        _check(isinstance(value, dict), "an object", value, where)
        return {name: parsed(arguments[1], each, f"{where}.{name}") for name, each in value.items()}
    if origin is Literal:
        _check(value in arguments, " or ".join(map(str, arguments)), value, where)
        return value
    if kind is float:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        _check(is_number and math.isfinite(value), "a number", value, where)
        return float(value)
    if kind is int:
        _check(isinstance(value, int) and not isinstance(value, bool), "an integer", value, where)
        return value
    _check(isinstance(value, kind), {str: "text", bool: "true or false"}[kind], value, where)
    return value


def _check(is_right: bool, expected: str, received: Any, where: str) -> None:
    if not is_right:
        raise ValueError(f"{where or 'the file'} is wrong; expected: {expected}, received: {received!r:.40}")
