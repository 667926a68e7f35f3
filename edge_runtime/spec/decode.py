"""Turns untrusted JSON into typed dataclasses, and names every fault at once instead of the first one."""

from __future__ import annotations

import dataclasses
import types
import typing
from typing import Any, TypeVar

T = TypeVar("T")


def decode(cls: type[T], value: object, path: str, faults: list[str]) -> T | None:
    """Builds the dataclass `cls` from `value` (parsed JSON).

    Args:
      cls: a frozen dataclass whose fields are str, int, float, bool, object (any JSON), Literal, Optional,
        tuple[X, ...], dict[str, X] or further dataclasses.
      value: what `json.loads` gave.
      path: where `value` stands, for the messages ("" at the top).
      faults: every fault found is appended here as "path: what is wrong".

    Returns:
      The dataclass, or None when anything in it was at fault.
    """
    before = len(faults)
    if not isinstance(value, dict):
        faults.append(f"{path or 'document'}: expected an object, found {_kind(value)}")
        return None
    hints = typing.get_type_hints(cls)
    fields = {field.name: field for field in dataclasses.fields(cls)}  # type: ignore[arg-type]
    for name in value.keys() - fields.keys():
        faults.append(f"{_join(path, str(name))}: unknown field")
    arguments: dict[str, Any] = {}
    for name, field in fields.items():
        if name in value:
            arguments[name] = _decode_value(hints[name], value[name], _join(path, name), faults)
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            faults.append(f"{_join(path, name)}: missing")
    return cls(**arguments) if len(faults) == before else None


def encode(value: Any) -> Any:
    """The inverse of `decode`: dataclasses become objects, tuples become lists."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: encode(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    if isinstance(value, dict):
        return {key: encode(item) for key, item in value.items()}
    return value


def _decode_value(hint: Any, value: object, path: str, faults: list[str]) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint in (object, Any):
        return value
    if origin in (typing.Union, types.UnionType):
        return _decode_optional(arguments, value, path, faults)
    if origin is typing.Literal:
        if value not in arguments:
            faults.append(f"{path}: expected one of {', '.join(map(str, arguments))}, found {value!r}")
        return value
    if origin is tuple:
        return _decode_tuple(arguments[0], value, path, faults)
    if origin is dict:
        return _decode_dict(arguments[1], value, path, faults)
    if dataclasses.is_dataclass(hint):
        return decode(typing.cast(type, hint), value, path, faults)
    return _decode_scalar(hint, value, path, faults)


def _decode_optional(arguments: tuple[Any, ...], value: object, path: str, faults: list[str]) -> Any:
    if value is None and type(None) in arguments:
        return None
    (inner,) = [argument for argument in arguments if argument is not type(None)]
    return _decode_value(inner, value, path, faults)


def _decode_tuple(inner: Any, value: object, path: str, faults: list[str]) -> tuple[Any, ...] | None:
    if not isinstance(value, list):
        faults.append(f"{path}: expected a list, found {_kind(value)}")
        return None
    return tuple(_decode_value(inner, item, f"{path}[{i}]", faults) for i, item in enumerate(value))


def _decode_dict(inner: Any, value: object, path: str, faults: list[str]) -> dict[str, Any] | None:
    if not isinstance(value, dict):
        faults.append(f"{path}: expected an object, found {_kind(value)}")
        return None
    return {key: _decode_value(inner, item, _join(path, key), faults) for key, item in value.items()}


def _decode_scalar(hint: type, value: object, path: str, faults: list[str]) -> Any:
    # bool is a subclass of int in Python, but true is no number in JSON.
    accepted = (int, float) if hint is float else (hint,)
    if not isinstance(value, accepted) or (isinstance(value, bool) and hint is not bool):
        faults.append(f"{path}: expected {_NAMES.get(hint, hint.__name__)}, found {_kind(value)}")
        return None
    return float(value) if isinstance(value, int) and hint is float else value


_NAMES = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


def _kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return "a text"
    return "a list" if isinstance(value, list) else "an object"


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
