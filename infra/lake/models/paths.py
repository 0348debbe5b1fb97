"""Which nested value an expression takes out of another, where the SQL names it."""

from __future__ import annotations

from collections.abc import Sequence

from infra.lake.models.parser import exp

# What passes a value on, so that a path goes through it.
_TRANSPARENT = (exp.Cast, exp.TryCast, exp.Paren)


def names_of(column: exp.Column) -> list[str]:
    """The parts of a dotted name, in lower case: table or column first."""
    return [part.name.lower() for part in column.parts]


def taken(expression: exp.Expr) -> tuple[exp.Expr, tuple[str, ...]] | None:
    """(the value, the path into it) for access by dot, bracket or JSON path; None for anything else."""
    if isinstance(expression, _TRANSPARENT):
        return expression.this, ()
    if isinstance(expression, exp.Dot) and isinstance(expression.expression, exp.Identifier):
        return expression.this, (expression.expression.name.lower(),)
    if isinstance(expression, exp.Bracket):
        return expression.this, _keys(expression.expressions)
    if isinstance(expression, (exp.JSONExtract, exp.JSONExtractScalar, exp.StructExtract)):
        return expression.this, _json_path(expression.expression)
    return None


def _keys(keys: Sequence[exp.Expr]) -> tuple[str, ...]:
    """`['id']` goes into a field; a number goes to an element, which adds no name."""
    return tuple(key.name.lower() for key in keys if isinstance(key, exp.Literal) and key.is_string)


def _json_path(path: exp.Expr) -> tuple[str, ...]:
    """The keys up to the first that is not written; a whole number goes to an element."""
    if isinstance(path, exp.Literal):
        return (path.name.lower(),) if path.is_string else ()
    found: list[str] = []
    for part in path.expressions if isinstance(path, exp.JSONPath) else ():
        if isinstance(part, exp.JSONPathKey) and isinstance(part.this, str):
            found.append(part.this.lower())
        elif not isinstance(part, (exp.JSONPathRoot, exp.JSONPathSubscript)):
            break
    return tuple(found)
