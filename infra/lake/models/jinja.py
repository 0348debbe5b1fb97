"""The SQL of a model's template, by walking its Jinja.

No template runs: each node is looked at here, and what is not listed ends the reading. So no attribute of a Python object
is ever reached, which a sandbox has to guard, and steps and lengths are counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.lake.models.budget import Budget, bounded
from infra.lake.models.jinja_values import FILTERS, added, compared, filtered, is_flat
from infra.lake.models.unknown import CannotKnowError

try:
    from jinja2 import Environment, TemplateSyntaxError, nodes
except ImportError:
    from infra.base.errors import UserError
    from infra.lake.models.extra import MISSING

    raise UserError(MISSING) from None

# Calls whose text is known: lake_unseen, of our own macros, chooses rows of batches that the model has not taken.
_STANDS_FOR = {"log": "", "lake_unseen": "_lake_batch is not null"}

# How a relation stands in the SQL that comes back: this schema, and `r` with a number.
SCHEMA = "lakeform_relation"


@dataclass(frozen=True)
class Relation:
    """What `ref`, `source` or `this` names; the name of a source is `<source>.<table>`."""

    kind: str
    name: str


@dataclass(frozen=True)
class Rendered:
    """A template as SQL, in which relation n stands as `lakeform_relation.r<n>`, and what `config` says in literals."""

    text: str
    relations: tuple[Relation, ...]
    config: Mapping[str, Any]


@dataclass
class _Walk:
    variables: Mapping[str, Any]
    incremental: bool
    budget: Budget = field(default_factory=Budget)
    relations: list[Relation] = field(default_factory=list)
    config: dict[str, Any] = field(default_factory=dict)


_Scope = dict[str, Any]


def render(text: str, variables: Mapping[str, Any], *, incremental: bool) -> Rendered:
    """The SQL of a model. Raises CannotKnowError for anything but ref, source, var, this, config and plain values."""
    walk = _Walk(variables, incremental)
    try:
        out = _body(walk, _parse(text).body, {})
    except RecursionError:
        raise CannotKnowError("its Jinja is nested too deeply") from None
    return Rendered(out, tuple(walk.relations), walk.config)


def mentions(text: str) -> frozenset[Relation]:
    """The relations that a template names in plain words, wherever they stand; none where it is no template."""
    try:
        calls = list(_parse(text).find_all(nodes.Call))
    except (CannotKnowError, RecursionError):
        return frozenset()
    return frozenset(found for call in calls if (found := _relation(call)) is not None)


def relation_in(expression: str) -> Relation | None:
    """What a text such as `ref('orders')` names; None for anything else."""
    found = mentions("{{ " + expression.strip().removeprefix("{{").removesuffix("}}") + " }}")
    return next(iter(found), None) if len(found) == 1 else None


def _parse(text: str) -> nodes.Template:
    try:
        return Environment(autoescape=False, extensions=["jinja2.ext.do"]).parse(text)  # noqa: S701  # SQL, no HTML
    except TemplateSyntaxError as error:
        raise CannotKnowError(f"line {error.lineno}: its Jinja is not understood") from None


def _relation(call: nodes.Call) -> Relation | None:
    words = [node.value for node in call.args if isinstance(node, nodes.Const) and isinstance(node.value, str)]
    if not isinstance(call.node, nodes.Name) or len(words) != len(call.args):
        return None
    if call.node.name == "ref" and len(words) in (1, 2):
        return Relation("model", words[-1].lower())
    if call.node.name == "source" and len(words) == 2 and not call.kwargs:
        return Relation("source", ".".join(words).lower())
    return None


def _body(walk: _Walk, body: list[nodes.Node], scope: _Scope) -> str:
    return bounded("".join(_statement(walk, node, scope) for node in body))


def _statement(walk: _Walk, node: nodes.Node, scope: _Scope) -> str:  # noqa: PLR0911  # a line for each kind of node
    walk.budget.step()
    match node:
        case nodes.TemplateData():
            return node.data
        case nodes.Output():
            return bounded("".join(_shown(walk, one, scope) for one in node.nodes))
        case nodes.If():
            return _if(walk, node, scope)
        case nodes.For():
            return "".join(_loops(walk, node, scope))
        case nodes.Assign(target=nodes.Name() as target):
            scope[target.name] = _value(walk, node.node, scope)
            return ""
        case nodes.AssignBlock(target=nodes.Name() as target, filter=None):
            scope[target.name] = _body(walk, node.body, scope)
            return ""
        case nodes.ExprStmt():
            _value(walk, node.node, scope)
            return ""
        case nodes.Macro():
            raise CannotKnowError(f'line {node.lineno}: it defines the macro "{node.name}"')
    raise CannotKnowError(f"line {node.lineno}: `{type(node).__name__.lower()}` of Jinja is not followed")


def _shown(walk: _Walk, node: nodes.Node, scope: _Scope) -> str:
    if isinstance(node, nodes.TemplateData):
        return node.data
    value = _value(walk, node, scope)
    if isinstance(value, str | int | float):
        return bounded(str(value))
    if isinstance(value, list) and is_flat(value):
        return bounded(str(value))
    raise CannotKnowError(f"line {node.lineno}: a value without a text is written into the SQL")


def _if(walk: _Walk, node: nodes.If, scope: _Scope) -> str:
    if _value(walk, node.test, scope):
        return _body(walk, node.body, scope)
    for other in node.elif_:
        if _value(walk, other.test, scope):
            return _body(walk, other.body, scope)
    return _body(walk, node.else_, scope)


def _loops(walk: _Walk, node: nodes.For, scope: _Scope) -> Iterator[str]:
    items = _value(walk, node.iter, scope)
    if node.recursive or node.test or not isinstance(items, list | tuple | dict | _Items):
        raise CannotKnowError(f"line {node.lineno}: a loop that is not over a list")
    items = list(items)
    names = [one.name for one in node.target.find_all(nodes.Name)] or [getattr(node.target, "name", "")]
    written = 0
    for index, item in enumerate(items):
        parts = [item] if isinstance(node.target, nodes.Name) else list(item)
        loop = {"first": index == 0, "last": index == len(items) - 1, "index": index + 1, "index0": index}
        inner = {**scope, **dict(zip(names, parts, strict=False)), "loop": {**loop, "length": len(items)}}
        text = _body(walk, node.body, inner)
        written += len(text)
        walk.budget.step(1 + written // 1000)
        yield text
    if not items:
        yield _body(walk, node.else_, scope)


class _Items(list[Any]):
    """What `.items()` of a mapping gives."""


def _value(walk: _Walk, node: nodes.Node, scope: _Scope) -> Any:  # noqa: PLR0911  # the same
    walk.budget.step()
    match node:
        case nodes.Const():
            return node.value
        case nodes.TemplateData():
            return node.data
        case nodes.Name():
            return _name(walk, node, scope)
        case nodes.List() | nodes.Tuple():
            return [_value(walk, one, scope) for one in node.items]
        case nodes.Dict():
            return {_value(walk, one.key, scope): _value(walk, one.value, scope) for one in node.items}
        case nodes.Call():
            return _call(walk, node, scope)
        case nodes.Filter():
            return _filtered(walk, node, scope)
        case _:
            return _operator(walk, node, scope)


def _operator(walk: _Walk, node: nodes.Node, scope: _Scope) -> Any:  # noqa: PLR0911  # the same
    match node:
        case nodes.Not():
            return not _value(walk, node.node, scope)
        case nodes.And():
            return _value(walk, node.left, scope) and _value(walk, node.right, scope)
        case nodes.Or():
            return _value(walk, node.left, scope) or _value(walk, node.right, scope)
        case nodes.CondExpr(expr2=nodes.Expr() as other):
            return _value(walk, node.expr1 if _value(walk, node.test, scope) else other, scope)
        case nodes.Concat():
            return bounded("".join(_shown(walk, one, scope) for one in node.nodes))
        case nodes.Add():
            return added(node.lineno, _value(walk, node.left, scope), _value(walk, node.right, scope))
        case nodes.Compare(ops=[operand]):
            return compared(node.lineno, operand.op, _value(walk, node.expr, scope), _value(walk, operand.expr, scope))
        case nodes.Getattr() | nodes.Getitem():
            return _item(walk, node, scope)
    raise CannotKnowError(f"line {node.lineno}: `{type(node).__name__.lower()}` of Jinja is not followed")


def _item(walk: _Walk, node: nodes.Getattr | nodes.Getitem, scope: _Scope) -> Any:
    if isinstance(node.node, nodes.Name) and node.node.name not in scope:
        raise _unknown_name(node.node)
    owner = _value(walk, node.node, scope)
    key: Any = node.attr if isinstance(node, nodes.Getattr) else _value(walk, node.arg, scope)
    try:
        if isinstance(owner, dict | list):
            return owner[key]
    except (KeyError, IndexError, TypeError):
        pass
    raise CannotKnowError(f'line {node.lineno}: there is no "{key}" to be read')


def _name(walk: _Walk, node: nodes.Name, scope: _Scope) -> Any:
    if node.name in scope:
        return scope[node.name]
    if node.name == "this":
        return _placed(walk, Relation("this", ""))
    raise _unknown_name(node)


def _unknown_name(node: nodes.Name) -> CannotKnowError:
    return CannotKnowError(f'line {node.lineno}: what "{node.name}" is depends on the run')


def _placed(walk: _Walk, relation: Relation) -> str:
    walk.relations.append(relation)
    return f"{SCHEMA}.r{len(walk.relations) - 1}"


def _call(walk: _Walk, node: nodes.Call, scope: _Scope) -> Any:
    if isinstance(node.node, nodes.Getattr) and node.node.attr in ("append", "items"):
        return _method(walk, node, node.node, scope)
    name = _dotted(node.node)
    if found := _relation(node):
        return _placed(walk, found)
    if name in ("ref", "source"):
        raise CannotKnowError(f"line {node.lineno}: which relation {name}() names is not written in plain words")
    if name == "config":
        walk.config.update({one.key: one.value.value for one in node.kwargs if isinstance(one.value, nodes.Const)})
        walk.config.update({one.key: _value(walk, one.value, scope) for one in node.kwargs if _is_list(one.value)})
        return ""
    if name == "is_incremental":
        return walk.incremental
    if name == "var":
        return _variable(walk, node, scope)
    if name in _STANDS_FOR:
        return _STANDS_FOR[name]
    raise CannotKnowError(f'line {node.lineno}: the macro "{name}" is not followed')


def _is_list(node: nodes.Node) -> bool:
    return isinstance(node, nodes.List) and all(isinstance(one, nodes.Const) for one in node.items)


def _method(walk: _Walk, node: nodes.Call, method: nodes.Getattr, scope: _Scope) -> Any:
    if isinstance(method.node, nodes.Name) and method.node.name not in scope:
        raise CannotKnowError(f'line {node.lineno}: the macro "{_dotted(method)}" is not followed')
    owner, words = _value(walk, method.node, scope), [_value(walk, one, scope) for one in node.args]
    if isinstance(owner, dict) and method.attr == "items" and not words:
        return _Items(owner.items())
    if isinstance(owner, list) and method.attr == "append" and len(words) == 1 and words[0] is not owner:
        owner.append(words[0])
        return ""
    raise CannotKnowError(f'line {node.lineno}: "{method.attr}" is not followed')


def _variable(walk: _Walk, node: nodes.Call, scope: _Scope) -> Any:
    words = [_value(walk, one, scope) for one in (*node.args, *(key.value for key in node.kwargs))]
    if words and isinstance(words[0], str):
        if words[0] in walk.variables:
            return walk.variables[words[0]]
        if len(words) == 2:
            return words[1]
    shown = words[0] if words else ""
    raise CannotKnowError(f'line {node.lineno}: the variable "{shown}" has no value in dag/dbt_project.yml')


def _filtered(walk: _Walk, node: nodes.Filter, scope: _Scope) -> Any:
    if node.name not in FILTERS or node.node is None or node.kwargs:
        raise CannotKnowError(f'line {node.lineno}: the filter "{node.name}" is not followed')
    words = [_value(walk, one, scope) for one in (node.node, *node.args)]
    walk.budget.step(len(words[0]) if isinstance(words[0], list) else 1)
    return filtered(node.lineno, node.name, words)


def _dotted(node: nodes.Node) -> str:
    if isinstance(node, nodes.Getattr):
        return f"{_dotted(node.node)}.{node.attr}"
    return str(getattr(node, "name", type(node).__name__.lower()))
