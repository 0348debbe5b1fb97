"""About an option: its type, choices and bounds in a few words, for the comment behind it."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import shorten
from typing import Any

from infra.base.printable import one_line
from infra.lake.connectors.spec import (
    Spec,
    branches_of,
    constant,
    discriminator,
    is_union_of_objects,
    items_of,
    kind_of,
)

_KINDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "mapping",
    "array": "list",
}
_BOUNDS = (
    ("minimum", "maximum", "{}"),
    ("exclusiveMinimum", "exclusiveMaximum", "{}, both excluded"),
    ("minLength", "maxLength", "{} characters"),
    ("minItems", "maxItems", "{} of them"),
)
_FORMATS = {
    "date": "date such as 2026-01-01",
    "date-time": "date-time such as 2026-01-01T00:00:00Z",
    "time": "time such as 06:30:00",
    "uri": "address such as https://example.com/",
}
_WIDTH = 40
_FEW, _WIDTH_OF_FEW = 3, 60


def describe(spec: Spec) -> str:
    """`whole number, at least 1`; one line; empty for a secret, whose reference says it all."""
    title = shorten(str(spec.get("title", "")), _WIDTH, placeholder=" ...")
    if spec.get("airbyte_secret"):
        return _line(title)
    ranges = ((_range(spec.get(low), spec.get(high)), text) for low, high, text in _BOUNDS)
    words = [_kind(spec), *(text.format(range_) for range_, text in ranges if range_)]
    if isinstance(spec.get("default"), (bool, int, float, str)) and spec["default"] != "":
        words.append(f"default {_shown(spec['default'])}")
    return _line("; ".join(filter(None, (", ".join(word for word in words if word), title))))


def _kind(spec: Spec) -> str:
    if is_union_of_objects(spec):
        return _ways(spec)
    if "enum" in spec or "const" in spec:
        return f"one of {_list(spec.get('enum', [spec.get('const')]))}"
    kind = kind_of(spec)
    if kind == "array":
        items = items_of(spec)
        return f"list, items: {_kind(items)}" if items else "list"
    pattern = spec.get("pattern")
    if kind == "string" and "format" in spec:
        return _FORMATS.get(str(spec["format"]), str(spec["format"]))
    if kind == "string" and isinstance(pattern, str) and len(pattern) <= 2 * _WIDTH:
        return f"text, pattern {pattern}"
    return _KINDS.get(kind, "")


def describe_choice(spec: Spec) -> str:
    """`one of key, none`: what the option can be that tells the branches of a union apart."""
    name = discriminator(spec)
    return _line(f"one of {_list(constant(branch, name) for branch in branches_of(spec))}") if name else ""


def _range(low: Any, high: Any) -> str:
    """`1 to 50`; empty where there are no bounds."""
    if high is None:
        return f"at least {low}" if low else ""
    return f"at most {high}" if low is None else f"{low} to {high}"


def _ways(spec: Spec) -> str:
    name = discriminator(spec)
    if name is None:
        return "or: " + _list("+".join(sorted(branch.get("required", ()))) or "{}" for branch in branches_of(spec))
    return f"{name}: {_list(constant(branch, name) for branch in branches_of(spec))}"


def _list(choices: Iterable[Any]) -> str:
    """The choices as far as they fit, then how many there are; a few have more room."""
    texts = [_shown(choice) for choice in choices if choice not in ("", None)]
    width = _WIDTH_OF_FEW if len(texts) <= _FEW else _WIDTH
    shown: list[str] = []
    while len(shown) < len(texts) and len(", ".join([*shown, texts[len(shown)]])) <= width:
        shown.append(texts[len(shown)])
    left = len(texts) - len(shown)
    return ", ".join(shown) + (f", ... ({len(texts)} choices)" if left else "")


def _shown(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return str(value)


def _line(text: str) -> str:
    """Nothing in it may end the comment, or be refused by YAML."""
    return one_line(text)
