"""SQL text: names, texts and paths as DuckDB reads them, whatever characters are in them."""

from __future__ import annotations

import re


def identifier(*parts: str) -> str:
    """`landing`, `a"b` -> `"landing"."a""b"`."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)


def literal(text: str) -> str:
    """`it's` -> `'it''s'`, for statements that take no parameters."""
    return "'" + text.replace("'", "''") + "'"


def exact_path(path: str) -> str:
    """The path as a pattern that matches it alone: DuckDB reads every path as a pattern (`*`, `?`, `[`)."""
    return re.sub(r"([*?\[])", r"[\1]", path)
