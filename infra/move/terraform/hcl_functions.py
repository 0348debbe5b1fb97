"""The functions of Terraform that only rearrange values; every other one is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from infra.move.terraform.hcl_values import Unknown, first_unknown, known, whole


def _is_text_or_open(value: Any) -> bool:
    return not isinstance(value, (bool, int, float))


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, str) else value


def text_of_scalar(value: Any) -> str:
    """As Terraform writes a scalar into a text. Raises TypeError for what is none."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (str, int, float)):
        return str(value)
    raise TypeError


def _format(text: str, values: tuple[Any, ...]) -> str:
    parts = text.replace("%d", "%s").replace("%v", "%s").split("%s")
    if len(parts) != len(values) + 1 or any("%" in part for part in parts):
        raise ValueError
    return parts[0] + "".join(text_of_scalar(value) + part for value, part in zip(values, parts[1:], strict=True))


def _flat(value: Any) -> list[Any]:
    return [inner for one in value for inner in (_flat(one) if isinstance(one, list) else [one])]


_LOOSE: Mapping[str, Callable[..., Any]] = {
    # They keep what is not known inside of their values.
    "jsonencode": lambda value: value,
    "sensitive": lambda value: value,
    "nonsensitive": lambda value: value,
    "tolist": lambda value: value,
    "toset": lambda value: value,
    "tomap": lambda value: value,
    "tostring": lambda value: value if _is_text_or_open(value) else text_of_scalar(value),
    "tonumber": lambda value: float(value) if isinstance(value, str) and "." in value else _number(value),
    "tobool": lambda value: {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value,
    "merge": lambda *values: {key: inner for value in values for key, inner in dict(known(value) or {}).items()},
    "concat": lambda *values: [inner for value in values for inner in list(known(value))],
    "values": lambda value: [known(value)[key] for key in sorted(known(value))],
    "keys": lambda value: sorted(known(value)),
    "length": lambda value: len(known(value)),
    "lookup": lambda value, key, *default: known(value).get(known(key), *(default or [Unknown("a key is missing")])),
    "element": lambda value, index: known(value)[known(index) % len(known(value))],
    "try": lambda *values: next((value for value in values if first_unknown(value) is None), values[0]),
    "coalesce": lambda *values: next((value for value in values if value not in (None, "")), None),
}
_STRICT: Mapping[str, Callable[..., Any]] = {
    "jsondecode": json.loads,
    "lower": str.lower,
    "upper": str.upper,
    "trimspace": str.strip,
    "title": str.title,
    "replace": lambda text, old, new: text.replace(old, new),
    "join": lambda between, *lists: between.join(text_of_scalar(one) for part in lists for one in part),
    "split": lambda between, text: text.split(between),
    "format": lambda text, *values: _format(text, values),
    "contains": lambda value, one: one in value,
    "distinct": lambda value: list(dict.fromkeys(value)),
    "sort": sorted,
    "compact": lambda value: [one for one in value if one not in (None, "")],
    "flatten": _flat,
    "max": max,
    "min": min,
}


def call(name: str, arguments: list[Any]) -> Any:
    """What the function makes of its arguments; Unknown for one that reads files, time or chance, or does not fit."""
    function = _LOOSE.get(name)
    if function is None:
        strict = _STRICT.get(name)
        if strict is None:
            return Unknown(f"it is made by the function {name}, which is not run here")
        arguments = [whole(argument) for argument in arguments]
        missing = next((one for one in arguments if isinstance(one, Unknown)), None)
        if missing is not None:
            return missing
        function = strict
    try:
        return function(*arguments)
    except (TypeError, ValueError, KeyError, IndexError, AttributeError, ZeroDivisionError, RecursionError):
        missing = next((found for one in arguments if (found := first_unknown(one))), None)
        return missing or Unknown(f"the function {name} does not take these values")
