"""sqlglot, which is an extra: imported here alone."""

from __future__ import annotations

from infra.lake.models.unknown import CannotKnowError

try:
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError
except ImportError:
    from infra.base.errors import UserError

    raise UserError("this needs an SQL parser: install lakeform with its extra `flows`") from None

__all__ = ["exp", "parse_query"]


def parse_query(text: str, dialect: str) -> exp.Query:
    """The one query of a model. Raises CannotKnowError for anything else."""
    try:
        found = [one for one in sqlglot.parse(text, dialect=dialect) if one is not None]
    except (SqlglotError, RecursionError) as error:
        raise CannotKnowError(f"its SQL is not understood ({_first(error)})") from None
    if len(found) != 1 or not isinstance(found[0], exp.Query):
        raise CannotKnowError("it is not one query")
    return found[0]


def _first(error: Exception) -> str:
    errors = getattr(error, "errors", None)
    if errors:
        return str(errors[0].get("description") or "syntax").rstrip(".")
    return "nested too deeply" if isinstance(error, RecursionError) else "syntax"
