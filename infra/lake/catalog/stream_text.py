"""Stream files as text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Fields = Mapping[str, Mapping[str, Any]]


def stream_text(settings: Mapping[str, Any]) -> str:
    """JSON with a line for each key and each field."""
    lines = [
        f"  {_json(key)}: {_fields(value) if key == 'fields' and isinstance(value, Mapping) else _json(value)}"
        for key, value in settings.items()
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n" if lines else "{}\n"


def _fields(fields: Fields) -> str:
    return "{\n" + ",\n".join(f"    {_json(name)}: {_json(schema)}" for name, schema in fields.items()) + "\n  }"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
