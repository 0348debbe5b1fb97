"""A query as a Shape, with what it uses to choose, join, group and order rows.

sqlglot's own lineage sees values only: a column that stands in a WHERE alone is in none of its answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from infra.lake.models.budget import Budget
from infra.lake.models.parser import exp
from infra.lake.models.paths import names_of, taken
from infra.lake.models.scope import Scope
from infra.lake.models.shape import NONE, SOME, How, Open, Refs, Shape, joined, stacked
from infra.lake.models.unknown import CannotKnowError

Use = tuple[Refs, How]

# What cannot be followed, and its name in SQL.
_NOT_FOLLOWED: Mapping[type[exp.Expr], str] = {
    exp.Pivot: "PIVOT",
    exp.Columns: "COLUMNS(...)",
    exp.PositionalColumn: "#",
}


@dataclass
class QueryReader:
    """Reads the query of one model.

    Attributes:
        table: what a table that the query names is.
        name: what a table without an alias is called.
        uses: (what is used, how), in the order of reading.
    """

    table: Callable[[exp.Table], Shape]
    name: Callable[[exp.Table], str]
    budget: Budget = field(default_factory=Budget)
    uses: list[Use] = field(default_factory=list)

    def shape_of(self, query: exp.Expr, ctes: Mapping[str, Shape], outer: Scope | None = None) -> Shape:
        """The columns of a query. Raises CannotKnowError."""
        self.budget.step()
        _refuse(query)
        own = dict(ctes)
        self._define(query, own, outer)
        if isinstance(query, exp.SetOperation):
            return self._set(query, own, outer)
        if isinstance(query, exp.Select):
            return self._select(query, own, outer)
        if isinstance(query, exp.Subquery):
            return self._wrapped(query, own, outer)
        if isinstance(query, exp.Values):
            return _renamed(Shape({f"col{n}": NONE for n in range(_width(query))}), query)
        raise CannotKnowError(f"`{query.key}` is not followed")

    def _define(self, query: exp.Expr, ctes: dict[str, Shape], outer: Scope | None) -> None:
        with_ = query.args.get("with_")
        if with_ is None:
            return
        for cte in with_.expressions:
            name = cte.alias.lower()
            if with_.args.get("recursive") and isinstance(cte.this, exp.SetOperation):
                ctes[name] = _renamed(self.shape_of(cte.this.left, ctes, outer), cte)
            ctes[name] = _renamed(self.shape_of(cte.this, ctes, outer), cte)

    def _set(self, query: exp.SetOperation, ctes: dict[str, Shape], outer: Scope | None) -> Shape:
        left, right = (self.shape_of(side, ctes, outer) for side in (query.left, query.right))
        found = stacked(left, right, by_name=bool(query.args.get("by_name")))
        if not isinstance(query, exp.Union):
            self.uses.append((left.row | right.row, "filter"))
        elif query.args.get("distinct"):
            self.uses.append((found.row, "group"))
        scope = Scope(ctes, {"": found}, {}, outer)
        self._order(query, scope, list(found.columns.values()))
        return found

    def _wrapped(self, query: exp.Subquery, ctes: dict[str, Shape], outer: Scope | None) -> Shape:
        found = self.shape_of(query.this, ctes, outer)
        if query.args.get("joins") or query.args.get("order") or query.args.get("limit"):
            scope = Scope(ctes, {"": found}, {}, outer)
            self._joins(query, scope)
            self._order(query, scope, list(found.columns.values()))
            found = joined(scope.tables.values())
        return _renamed(found, query)

    def _select(self, query: exp.Select, ctes: dict[str, Shape], outer: Scope | None) -> Shape:
        scope = Scope(ctes, {}, {}, outer)
        from_ = query.args.get("from_")
        if from_ is not None:
            self._from(from_.this, scope)
        self._joins(query, scope)
        for lateral in query.args.get("laterals") or ():
            self._from(lateral, scope)
        for window in query.args.get("windows") or ():
            scope.windows |= self._value(window, scope)
        found, places = self._projections(query, scope)
        scope.aliases = found.columns
        for key in ("where", "prewhere", "having", "qualify"):
            self._use(query.args.get(key), scope, "filter")
        self._group(query, scope, places)
        self._order(query, scope, places)
        self._distinct(query, scope, found)
        return found

    def _from(self, source: exp.Expr, scope: Scope) -> None:
        self.budget.step()
        _refuse(source)
        own = isinstance(source, exp.Table) and isinstance(source.this, exp.Identifier) and not source.alias
        name = self.name(source) if own and isinstance(source, exp.Table) else source.alias_or_name
        scope.add(name.lower(), self._source(source, scope))
        self._joins(source, scope)

    def _source(self, source: exp.Expr, scope: Scope) -> Shape:
        if isinstance(source, exp.Table):
            if not isinstance(source.this, exp.Identifier):
                return self._function(source, scope)
            if not source.args.get("db") and source.name.lower() in scope.ctes:
                return _renamed(scope.ctes[source.name.lower()], source)
            return _renamed(self.table(source), source)
        if isinstance(source, (exp.Unnest, exp.Lateral)):
            inner = source.this if isinstance(source, exp.Lateral) else None
            if isinstance(inner, exp.Subquery):
                return _renamed(self.shape_of(inner, scope.ctes, scope), source)
            return self._elements(source, scope, nested=isinstance(source, exp.Unnest))
        return self.shape_of(source, scope.ctes, scope if isinstance(source.parent, exp.Join) else scope.outer)

    def _elements(self, source: exp.Expr, scope: Scope, *, nested: bool) -> Shape:
        """What unnesting gives: a row for each element, under the alias of the column or of the whole."""
        of = source.expressions if isinstance(source, exp.Unnest) else [source.this]
        refs: Refs = frozenset().union(*(self._value(one, scope) for one in of))
        alias = source.args.get("alias")
        named = [one.name.lower() for one in alias.args.get("columns") or ()] if alias else []
        return Shape(dict.fromkeys(named or ["unnest"], refs), tuple(Open(ref, nested=nested) for ref in sorted(refs)))

    def _function(self, source: exp.Table, scope: Scope) -> Shape:
        if not isinstance(source.this, exp.Func):
            raise CannotKnowError("a table that is not called by its name is not followed")
        name = (source.this.name if isinstance(source.this, exp.Anonymous) else source.this.sql_name()).lower()
        if name.startswith("read_"):
            raise CannotKnowError(f"it reads files by itself ({name})")
        refs = self._value(source.this, scope)
        return _renamed(Shape({}, tuple(Open(ref, nested=False) for ref in sorted(refs))), source)

    def _joins(self, query: exp.Expr, scope: Scope) -> None:
        for join in query.args.get("joins") or ():
            before = list(scope.tables.values())
            self._from(join.this, scope)
            self._use(join.args.get("on"), scope, "join")
            self._use(join.args.get("match_condition"), scope, "join")
            for column in join.args.get("using") or ():
                name = column.name.lower()
                found = [shape.find(name) for shape in scope.tables.values()]
                self.uses.append((frozenset().union(*found), "join"))
            if (join.method or "").upper() == "NATURAL":
                self.uses.append((joined([*before, *scope.tables.values()]).row, "join"))

    def _projections(self, query: exp.Select, scope: Scope) -> tuple[Shape, list[Refs]]:
        """The columns, and the same by their place."""
        columns: dict[str, Refs] = {}
        opens: list[Open] = []
        places: list[Refs] = []
        for projection in query.expressions:
            found = self._projection(projection, scope)
            places += [found.row] if found.opens else list(found.columns.values())
            columns = {**columns, **found.columns}
            opens += found.opens
            scope.aliases = {**scope.aliases, **found.columns}
        return Shape(columns, tuple(one for one in opens)), places

    def _projection(self, projection: exp.Expr, scope: Scope) -> Shape:
        _refuse(projection)
        if isinstance(projection, exp.Star):
            return self._starred(joined(scope.tables.values()), projection, scope)
        if isinstance(projection, exp.Column) and isinstance(projection.this, exp.Star):
            names = names_of(projection)[:-1]
            of = scope.tables.get(names[-1]) if len(names) == 1 else None
            if of is None:
                of = Shape({}, tuple(Open(ref) for ref in sorted(scope.find(names))))
            return self._starred(of, projection.this, scope)
        name = projection.alias_or_name.lower() or projection.sql().lower()
        return Shape({name: self._value(projection, scope)})

    def _starred(self, of: Shape, star: exp.Star, scope: Scope) -> Shape:
        """`*` with what is left out, replaced and renamed."""
        renamed = {one.this.name.lower(): one.alias.lower() for one in star.args.get("rename") or ()}
        replaced = {one.alias.lower(): self._value(one.this, scope) for one in star.args.get("replace") or ()}
        gone = {one.name.lower() for one in star.args.get("except_") or ()}
        self.uses += [(_as_it_is(of.find(name), name), "exclude") for name in sorted(gone)]
        kept = of.leaving_out(frozenset({*renamed, *replaced, *gone}))
        columns = {**kept.columns, **{new: of.find(old) for old, new in renamed.items()}, **replaced}
        return Shape(columns, kept.opens)

    def _group(self, query: exp.Select, scope: Scope, places: list[Refs]) -> None:
        group = query.args.get("group")
        if group is None:
            return
        if group.args.get("all"):
            plain = [one for one in query.expressions if not one.find(exp.AggFunc)]
            self.uses.append((frozenset().union(*(self._projection(one, scope).row for one in plain)), "group"))
        for key in ("expressions", "grouping_sets", "cube", "rollup"):
            self._keys(_listed(group.args.get(key)), scope, places, "group")

    def _order(self, query: exp.Expr, scope: Scope, places: list[Refs]) -> None:
        """What rows are ordered by; beside a limit that also says which of them there are."""
        order = query.args.get("order")
        if order is not None:
            keys = [one.this if isinstance(one, exp.Ordered) else one for one in order.expressions]
            self._keys(keys, scope, places, "order")
            if query.args.get("limit"):
                self._keys(keys, scope, places, "filter")

    def _keys(self, keys: Iterable[exp.Expr], scope: Scope, places: list[Refs], how: How) -> None:
        for key in keys:
            if isinstance(key, exp.Literal) and key.is_int and 0 < int(key.name) <= len(places):
                self.uses.append((places[int(key.name) - 1], how))
            elif isinstance(key, (exp.Var, exp.Column)) and key.name.upper() == "ALL" and isinstance(key, exp.Var):
                self.uses.append((frozenset().union(*places), how))
            else:
                self._use(key, scope, how)

    def _distinct(self, query: exp.Select, scope: Scope, found: Shape) -> None:
        distinct = query.args.get("distinct")
        if distinct is None:
            return
        if distinct.args.get("on") is not None:
            self._use(distinct.args["on"], scope, "group")
        else:
            self.uses.append((found.row, "group"))

    def _use(self, expression: exp.Expr | None, scope: Scope, how: How) -> None:
        if expression is not None:
            self.uses.append((self._value(expression, scope), how))

    def _value(self, expression: exp.Expr, scope: Scope) -> Refs:
        """What the value of an expression comes from; queries inside are read too."""
        self.budget.step()
        _refuse(expression)
        if isinstance(expression, exp.Query):
            return self.shape_of(expression, scope.ctes, scope).row
        if isinstance(expression, exp.Column):
            return self._column(expression, scope)
        if isinstance(expression, exp.Star) and not isinstance(expression.parent, exp.Count):
            return joined(scope.tables.values()).row
        if (found := taken(expression)) is not None:
            value, path = found
            below = frozenset(ref.below(path) for ref in self._value(value, scope))
            return below | self._beside(expression, value, scope)
        if isinstance(expression, exp.Window):
            self._window(expression, scope)
        beside = scope.windows if isinstance(expression, exp.Window) else NONE
        return beside.union(*(self._value(child, scope) for child in expression.iter_expressions()))

    def _beside(self, expression: exp.Expr, value: exp.Expr, scope: Scope) -> Refs:
        """What else stands in an access: the number of an element may be a column."""
        others = [child for child in expression.iter_expressions() if child is not value]
        return frozenset().union(*(self._value(child, scope) for child in others))

    def _column(self, column: exp.Column, scope: Scope) -> Refs:
        if isinstance(column.this, exp.Star):
            names = names_of(column)[:-1]
            return scope.tables[names[0]].row if names[0] in scope.tables else scope.find(names)
        return scope.find(names_of(column))

    def _window(self, window: exp.Window, scope: Scope) -> None:
        for one in window.args.get("partition_by") or ():
            self._use(one, scope, "window")
        self._use(window.args.get("order"), scope, "window")


def _refuse(expression: exp.Expr | None) -> None:
    if expression is None:  # the parser takes more for SQL than there is
        raise CannotKnowError("a part of its SQL is missing")
    name = _NOT_FOLLOWED.get(type(expression))
    if name is None and expression.args.get("pivots"):
        name = "PIVOT"
    if name is not None:
        raise CannotKnowError(f"{name} is not followed")


def _listed(value: object) -> Iterator[exp.Expr]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, (exp.Cube, exp.Rollup, exp.GroupingSets)):
            yield from one.expressions
        elif isinstance(one, exp.Expr):
            yield one


def _as_it_is(refs: Refs, name: str) -> Refs:
    """Those that are a column under its own name: without it there would be nothing to leave out."""
    return frozenset(ref for ref in refs if ref.path[-1:] == (name,))


def _width(values: exp.Values) -> int:
    first = values.expressions[0] if values.expressions else None
    return len(first.expressions) if first else 0


def _renamed(shape: Shape, named: exp.Expr) -> Shape:
    """The same with the names that an alias gives to its columns, by their places."""
    alias = named.args.get("alias")
    names = [one.name.lower() for one in alias.args.get("columns") or ()] if isinstance(alias, exp.TableAlias) else []
    if not names:
        return shape
    if shape.opens or SOME in shape.columns:
        return Shape({**dict.fromkeys(names, shape.row)})
    refs = list(shape.columns.values())
    columns = dict(zip(names, refs, strict=False))
    return Shape({**columns, **dict(list(shape.columns.items())[len(names) :])})
