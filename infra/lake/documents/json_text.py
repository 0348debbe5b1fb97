"""Values to JSON text for review: sorted, indented by two, short leaves on one line."""

from __future__ import annotations

import json
from json.encoder import encode_basestring as quote
from typing import Any

MAX_LINE = 88


def render_json(value: Any) -> str:
    """Deterministic JSON text with a newline at the end.

    Keys are sorted. An object or list that holds no object and fits in 88 characters stands on one line
    (`{"field_path": ["id"]}`), so that a pull request shows one line for one field. Text is written as UTF-8.
    """
    out: list[str] = []
    _write(value, "\n", out)
    out.append("\n")
    return "".join(out)


def _write(value: Any, newline: str, out: list[str]) -> None:
    if not isinstance(value, (dict, list, tuple)):
        out.append(_scalar(value))
        return
    line = _one_line(value)
    if line is not None and len(line) <= MAX_LINE:
        out.append(line)
    elif isinstance(value, dict):
        _write_object(value, newline, out)
    else:
        _write_list(value, newline, out)


def _write_object(value: dict[str, Any], newline: str, out: list[str]) -> None:
    inner = newline + "  "
    before = "{" + inner
    for key in sorted(value):
        out.append(f"{before}{quote(key)}: ")
        _write(value[key], inner, out)
        before = "," + inner
    out.append(newline + "}")


def _write_list(value: list[Any] | tuple[Any, ...], newline: str, out: list[str]) -> None:
    inner = newline + "  "
    before = "[" + inner
    for item in value:
        out.append(before)
        _write(item, inner, out)
        before = "," + inner
    out.append(newline + "]")


def _one_line(value: Any) -> str | None:
    """The leaf on one line, however long; None if it holds an object."""
    named = isinstance(value, dict)
    parts = []
    for item in sorted(value) if named else value:
        inside = value[item] if named else item
        if isinstance(inside, (list, tuple)):
            part = _one_line(inside)
        elif isinstance(inside, dict) and inside:
            part = None
        else:
            part = _scalar(inside)
        if part is None:
            return None
        parts.append(f"{quote(item)}: {part}" if named else part)
    return f"{{{', '.join(parts)}}}" if named else f"[{', '.join(parts)}]"


def _scalar(value: Any) -> str:
    return quote(value) if type(value) is str else json.dumps(value, allow_nan=False)
