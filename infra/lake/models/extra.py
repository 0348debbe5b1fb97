"""Whether what reads models is installed: the extra `flows`."""

from __future__ import annotations

from importlib.util import find_spec


def can_read_models() -> bool:
    """True if both parsers are there; nothing is imported."""
    return all(find_spec(name) is not None for name in ("sqlglot", "jinja2"))
