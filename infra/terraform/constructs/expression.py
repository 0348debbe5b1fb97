"""Registry values as Terraform's JSON syntax reads them: text escaped, references made expressions."""

from __future__ import annotations

import re
from typing import Any

from infra.lake.connectors.walk import rebuilt
from infra.lake.documents import KeyPath
from infra.lake.values.reference import Reference, SecretRef, VarRef, reference_name

# HCL stops unescaping after a carriage return that no line feed follows; an expression in its place keeps it going.
_LONE_RETURN = re.compile(r"(\$*)\r(?!\n)")


def escape(text: str) -> str:
    """Text that Terraform evaluates to itself. Every string of its JSON syntax is a template, keys of objects too."""
    if "{" not in text:
        return text
    parts = _LONE_RETURN.split(text)  # text, dollars, text, dollars, ..., text
    escaped = [part.replace("${", "$${").replace("%{", "%%{") for part in parts[::2]]
    if len(parts) == 1 or escaped == parts[::2]:
        return escaped[0] if len(parts) == 1 else text
    joints = [f'${{"{dollars}\\r"}}' for dollars in parts[1::2]]
    return "".join(piece for pair in zip(escaped, [*joints, ""], strict=True) for piece in pair)


def variable(name: str) -> str:
    """The expression for a variable's value."""
    return f"${{var.{name}}}"


def text_expression(value: str | Reference) -> str:
    """The string for a setting that is text or a reference."""
    return variable(value.name) if isinstance(value, (SecretRef, VarRef)) else escape(value)


def value_expression(value: Any) -> Any:
    """A configuration value for Terraform: `{secret: x}` and `{var: x}` become `"${var.x}"`, all else evaluates to
    itself.
    """
    return rebuilt(value, _expression, escape)


def _expression(_path: KeyPath, value: Any) -> Any:
    found = reference_name(value)
    if found is not None:
        return variable(found[1])
    return escape(value) if isinstance(value, str) else value
