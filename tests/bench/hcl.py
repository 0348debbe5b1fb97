"""The same stack as a person writes it: Terraform's JSON syntax turned into HCL, block by block."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_EXPRESSION = re.compile(r"((?<!\$)\$\{[^}]*\})")


def to_hcl(document: Mapping[str, Any]) -> str:
    """The HCL of a document of lakeform: its providers, variables, locals, resources and outputs."""
    return "\n".join(_blocks(document)) + "\n"


def _blocks(document: Mapping[str, Any]) -> Iterator[str]:
    required = document["terraform"]["required_providers"]
    yield f"terraform {{\n  required_providers {{\n{_body(required, 2)}  }}\n}}"
    for name, bodies in document.get("provider", {}).items():
        yield from (f'provider "{name}" {{\n{_body(body, 1)}}}' for body in bodies)
    for name, body in document.get("variable", {}).items():
        yield f'variable "{name}" {{\n{_variable(body)}}}'
    yield f"locals {{\n{_body(document.get('locals', {}), 1)}}}"
    for type_, resources in document["resource"].items():
        yield from (f'resource "{type_}" "{name}" {{\n{_resource(body)}}}' for name, body in resources.items())
    for name, body in document.get("output", {}).items():
        yield f'output "{name}" {{\n{_body(body, 1)}}}'


def _variable(body: Mapping[str, Any]) -> str:
    """A type is a word in HCL, not text."""
    return f"  type = {body['type']}\n" + _body({key: value for key, value in body.items() if key != "type"}, 1)


def _resource(body: Mapping[str, Any]) -> str:
    lifecycle = f"  lifecycle {{\n{_body(body['lifecycle'], 2)}  }}\n" if "lifecycle" in body else ""
    return _body({key: value for key, value in body.items() if key not in ("//", "lifecycle")}, 1) + lifecycle


def _body(values: Mapping[str, Any], depth: int) -> str:
    return "".join(f"{'  ' * depth}{_key(key)} = {_value(value, depth)}\n" for key, value in values.items())


def _key(key: str) -> str:
    return key if _NAME.fullmatch(key) else json.dumps(key, ensure_ascii=False)


def _value(value: Any, depth: int) -> str:
    if isinstance(value, dict):
        return f"{{\n{_body(value, depth + 1)}{'  ' * depth}}}"
    if isinstance(value, list):
        inner = "  " * (depth + 1)
        items = "".join(f"{inner}{_value(item, depth + 1)},\n" for item in value)
        return f"[\n{items}{'  ' * depth}]"
    return _template(value) if isinstance(value, str) else json.dumps(value)


def _template(text: str) -> str:
    """A string is a template in both syntaxes; the quotes of an expression inside are not escaped in HCL."""
    parts = _EXPRESSION.split(text)  # text, expression, text, ...
    parts[::2] = [json.dumps(part, ensure_ascii=False)[1:-1] for part in parts[::2]]
    return f'"{"".join(parts)}"'
