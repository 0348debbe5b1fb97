"""Values made what their column holds; what does not fit becomes null, and is told in `_airbyte_meta`.

Source: `AirbyteValueCoercer`, `AirbyteValueDeepCoercingMapper`, `NullOutOfRangeIntegers`, `UnionValueToDisjointRecord` of
Airbyte's CDK (airbytehq/airbyte, airbyte-cdk/bulk/core/load, the versions of 2025).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable
from typing import Any

from infra.lake.files.column_names import safe_names
from infra.landing.read.temporal import date_text, time_text, timestamp_text
from infra.landing.types.airbyte_type import AirbyteType, Kind

Change = dict[str, str]

# (a value that is not null, its path, the changes to add to) -> what stands in the file; None for null.
Coerce = Callable[[Any, str, list[Change]], Any]

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode

_SMALLEST, _LARGEST = -(2**63), 2**63 - 1
_INTEGER = re.compile("[+-]?[0-9]+")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_MISFIT = "DESTINATION_SERIALIZATION_ERROR"
_TOO_LARGE = "DESTINATION_FIELD_SIZE_LIMITATION"


def nulled(path: str, reason: str = _MISFIT) -> Change:
    """The change that says why a value is null."""
    return {"field": path, "change": "NULLED", "reason": reason}


def coercion(type_: AirbyteType) -> Coerce:
    """How a value becomes one of the type."""
    if type_.kind == "object":
        return _object(type_)
    if type_.kind == "array":
        return _array(coercion(type_.of[0]))
    if type_.kind == "union":
        return _union(type_.of)
    return _SCALARS[type_.kind]


def json_text(value: Any) -> str:
    """JSON without spaces; numbers that JSON does not have become null."""
    try:
        return _encode(value)
    except ValueError:
        return _encode(_without_nan(value))


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without_nan(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _boolean(value: Any, path: str, changes: list[Change]) -> bool | None:
    if type(value) is bool:
        return value
    changes.append(nulled(path))
    return None


def _integer(value: Any, path: str, changes: list[Change]) -> int | None:
    if type(value) is float and value.is_integer():
        value = int(value)
    elif type(value) is str and _INTEGER.fullmatch(value):
        value = int(value) if len(value) < 100 else _LARGEST + 1
    if type(value) is not int:
        changes.append(nulled(path))
        return None
    if _SMALLEST <= value <= _LARGEST:
        return value
    changes.append(nulled(path, _TOO_LARGE))
    return None


def _number(value: Any, path: str, changes: list[Change]) -> float | None:
    if type(value) is float and math.isfinite(value):
        return value
    number = math.nan
    if type(value) is int or (type(value) is str and _NUMBER.fullmatch(value)):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
    if math.isfinite(number):
        return number
    changes.append(nulled(path, _TOO_LARGE if number == math.inf else _MISFIT))
    return None


def _string(value: Any, _path: str, _changes: list[Change]) -> str:
    return value if type(value) is str else json_text(value)


def _text_of(parse: Callable[[str], str | None]) -> Coerce:
    def convert(value: Any, path: str, changes: list[Change]) -> str | None:
        text = parse(value) if type(value) is str else None
        if text is None:
            changes.append(nulled(path))
        return text

    return convert


def _json_of(kind: type) -> Coerce:
    def convert(value: Any, path: str, changes: list[Change]) -> str | None:
        if type(value) is kind:
            return json_text(value)
        changes.append(nulled(path))
        return None

    return convert


def _object(type_: AirbyteType) -> Coerce:
    names = safe_names([name for name, _ in type_.fields])
    fields = [(name, safe, coercion(inner)) for (name, inner), safe in zip(type_.fields, names, strict=True)]

    def convert(value: Any, path: str, changes: list[Change]) -> dict[str, Any] | None:
        if type(value) is not dict:
            changes.append(nulled(path))
            return None
        return {
            safe: None if value.get(name) is None else into(value[name], f"{path}.{name}", changes)
            for name, safe, into in fields
        }

    return convert


def _array(into: Coerce) -> Coerce:
    def convert(value: Any, path: str, changes: list[Change]) -> list[Any] | None:
        if type(value) is not list:
            changes.append(nulled(path))
            return None
        return [None if item is None else into(item, f"{path}[{index}]", changes) for index, item in enumerate(value)]

    return convert


def _union(options: Iterable[AirbyteType]) -> Coerce:
    """The record that stands for a union: `type` says which of its other fields has the value."""
    ways = [(option.word, option.kind, coercion(option)) for option in options]

    def convert(value: Any, path: str, changes: list[Change]) -> dict[str, Any] | None:
        for word, kind, into in ways:
            if _matches(value, kind):
                return {"type": word, word: into(value, f"{path}.{word}", changes)}
        for word, _, into in ways:
            refused: list[Change] = []
            if (found := into(value, f"{path}.{word}", refused)) is not None and not refused:
                return {"type": word, word: found}
        changes.append(nulled(path))
        return None

    return convert


def _matches(value: Any, kind: Kind) -> bool:
    """True if the value is one of the kind as it is."""
    match kind:
        case "boolean":
            return type(value) is bool
        case "integer":
            return type(value) is int
        case "number":
            return type(value) is float
        case "array" | "any_array":
            return type(value) is list
        case "object" | "any_object":
            return type(value) is dict
    return type(value) is str


def _zoned(written: str) -> str | None:
    return timestamp_text(written, zoned=True)


def _unzoned(written: str) -> str | None:
    return timestamp_text(written, zoned=False)


_SCALARS: dict[Kind, Coerce] = {
    "boolean": _boolean,
    "integer": _integer,
    "number": _number,
    "string": _string,
    "unknown": _string,
    "date": _text_of(date_text),
    "time_with_timezone": _text_of(time_text),
    "time_without_timezone": _text_of(time_text),
    "timestamp_with_timezone": _text_of(_zoned),
    "timestamp_without_timezone": _text_of(_unzoned),
    "any_array": _json_of(list),
    "any_object": _json_of(dict),
}
