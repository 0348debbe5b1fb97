"""Whether what reads models is installed: the extra `flows`."""

from __future__ import annotations

from importlib.util import find_spec

MISSING = "this reads dbt models: install lakeform with its extra `flows`"
NOT_READ = "the dbt models were not looked at: install lakeform with its extra `flows`"


def can_read_models() -> bool:
    """True if both parsers are there; nothing is imported."""
    return all(find_spec(name) is not None for name in ("sqlglot", "jinja2"))


def can_build_models() -> bool:
    """True if dbt is there, and what shows its models in Dagster; nothing is imported."""
    return all(find_spec(name) is not None for name in ("dbt", "dagster_dbt"))
