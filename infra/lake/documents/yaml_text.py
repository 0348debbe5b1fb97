"""Values to YAML text that reads back as the same values, in the style of hand-written registry files."""

from __future__ import annotations

import json
import re
from typing import Any

from infra.lake.documents.yaml_scalar import plain_scalar

# What needs no quotes, in a flow mapping too: words, paths, addresses. Dates and numbers as text are quoted.
_PLAIN = re.compile(r"(https?:/)?[A-Za-z_/][\w./@+-]*( [\w.@+/-]+)*", re.ASCII)


def flow(value: Any) -> str:
    """The value on one line: `{secret: shop_api_key}`."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(key)}: {flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return scalar(value)


def scalar(value: Any) -> str:
    """A key or a scalar; text in quotes where it would be read as something else."""
    if not isinstance(value, str):
        return json.dumps(value, allow_nan=False)
    if _PLAIN.fullmatch(value) and plain_scalar(value) == value:
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    return "".join(c if c.isprintable() else rf"\U{ord(c):08x}" for c in quoted)


def as_written(file: str, value: Any) -> str:
    """The value in the language of the file: JSON for a `.json`, else YAML on one line."""
    return json.dumps(value, ensure_ascii=False) if file.endswith(".json") else flow(value)
