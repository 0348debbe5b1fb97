"""sqlglot, which is an extra: imported here alone."""

from __future__ import annotations

import logging

from infra.lake.models.unknown import CannotKnowError

try:
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError
except ImportError:
    from infra.base.errors import UserError
    from infra.lake.models.extra import MISSING

    raise UserError(MISSING) from None

# It writes what it does not understand to stderr; what is not one query is told here.
logging.getLogger("sqlglot").disabled = True

__all__ = ["exp", "parse_query"]


def parse_query(text: str, dialect: str) -> exp.Query:
    """The one query of a model. Raises CannotKnowError for anything else."""
    try:
        found = [one for one in sqlglot.parse(text, dialect=dialect) if one is not None]
    except RecursionError:
        raise CannotKnowError("its SQL is nested too deeply") from None
    except SqlglotError as error:
        raise CannotKnowError(f"line {_line(error)}: its SQL is not understood") from None
    if len(found) != 1 or not isinstance(found[0], exp.Query):
        raise CannotKnowError("it is not one query")
    return found[0]


def _line(error: SqlglotError) -> int:
    """Of the SQL, which a template may have made longer or shorter."""
    errors = getattr(error, "errors", None) or [{}]
    return int(errors[0].get("line") or 1)
