"""ModelGraph: what every model reads, in which column and how."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter

from infra.lake.documents import did_you_mean
from infra.lake.files.tables import CURRENT, SCHEMA
from infra.lake.models.jinja import SCHEMA as RENDERED
from infra.lake.models.jinja import Relation, Rendered, mentions, relation_in, render
from infra.lake.models.parser import exp, parse_query
from infra.lake.models.project import DbtProject, Exposure, ModelFile
from infra.lake.models.query import QueryReader
from infra.lake.models.shape import How, Open, Ref, Shape, joined
from infra.lake.models.unknown import CannotKnowError

# Landing table -> its columns; None where nobody knows them.
Columns = Mapping[str, frozenset[str] | None]

# Adapters whose SQL has another name in sqlglot.
_DIALECTS = {"postgres": "postgres", "sqlserver": "tsql", "athena": "athena"}
_KNOWN = frozenset(
    [
        "athena",
        "bigquery",
        "clickhouse",
        "databricks",
        "duckdb",
        "mysql",
        "postgres",
        "redshift",
        "snowflake",
        "spark",
        "trino",
    ]
)


@dataclass(frozen=True)
class Reading:
    """What is known of a model.

    Attributes:
        shape: its columns.
        uses: what decides which rows it has, and how they are arranged.
        reads: every relation that it names.
        unknown: why nothing but that is known of it, and it may read anything else; empty where all is known.
    """

    name: str
    file: str
    text: str = field(repr=False)
    shape: Shape = field(default_factory=Shape)
    uses: frozenset[tuple[Ref, How]] = frozenset()
    reads: frozenset[str] = frozenset()
    unknown: str = ""


@dataclass(frozen=True)
class ModelGraph:
    """The models of a lake.

    Attributes:
        models: by name, sorted.
        exposures: each with the relations that it depends on; None for what is not understood.
        troubles: (file, why) of what was not read.
    """

    models: Mapping[str, Reading]
    exposures: tuple[tuple[Exposure, frozenset[str] | None], ...]
    troubles: tuple[tuple[str, str], ...]


def graph_of(project: DbtProject, columns: Columns) -> ModelGraph:
    """Read every model, those first that others read."""
    reader = _Reader(project, columns)
    counts = Counter(model.name for model in project.models)
    for model in _in_order(project, reader.relation):
        trouble = model.trouble or (f'two models are called "{model.name}"' if counts[model.name] > 1 else "")
        reader.done[model.name] = reader.read(model, trouble)
    exposures = tuple((one, _depends_on(one, reader.relation)) for one in project.exposures)
    return ModelGraph(dict(sorted(reader.done.items())), exposures, project.troubles)


def _in_order(project: DbtProject, relation: Callable[[Relation], str]) -> list[ModelFile]:
    by_name = {model.name: model for model in project.models}
    sorter = {name: {relation(one) for one in mentions(model.text)} - {name} for name, model in by_name.items()}
    try:
        return [by_name[name] for name in TopologicalSorter(sorter).static_order() if name in by_name]
    except CycleError:
        return [by_name[name] for name in sorted(by_name)]


def _depends_on(exposure: Exposure, relation: Callable[[Relation], str]) -> frozenset[str] | None:
    found = [relation_in(text) for text in exposure.on]
    return None if None in found else frozenset(relation(one) for one in found if one is not None)


@dataclass
class _Reader:
    project: DbtProject
    columns: Columns
    done: dict[str, Reading] = field(default_factory=dict)

    def relation(self, relation: Relation) -> str:
        """The name of a relation in the graph: a model, a seed, `landing.<table>`, or a table that is not ours."""
        if relation.kind != "source":
            return relation.name
        return landing_name(*self.place(relation))

    def place(self, relation: Relation) -> tuple[str, str]:
        """The schema and the name of a source's table."""
        source, _, table = relation.name.partition(".")
        return self.project.sources.get(relation.name, (source, table))

    def read(self, model: ModelFile, trouble: str) -> Reading:
        """What is known of a model whose own sources are read already, but where models go in circles."""
        named = frozenset(map(self.relation, mentions(model.text))) - {""}
        if trouble:
            return Reading(model.name, model.file, model.text, reads=named, unknown=trouble)
        try:
            return self._read(model)
        except CannotKnowError as error:
            return Reading(model.name, model.file, model.text, reads=named, unknown=str(error))

    def _read(self, model: ModelFile) -> Reading:
        shapes: list[Shape] = []
        uses: set[tuple[Ref, How]] = set()
        reads: set[str] = set()
        texts = {one.text: one for one in self._rendered(model)}
        for rendered in texts.values():
            tables = _Tables(self, model.name, rendered)
            query = QueryReader(tables.shape, tables.called)
            try:
                shape = query.shape_of(parse_query(rendered.text, self._dialect()), {})
            except RecursionError:
                raise CannotKnowError("its SQL is nested too deeply") from None
            shapes.append(shape)
            uses |= {(ref, how) for refs, how in query.uses for ref in refs}
            uses |= {(ref, "key") for name in _key(rendered) for ref in shape.find(name)}
            reads |= tables.read
        return Reading(model.name, model.file, model.text, joined(shapes), frozenset(uses), frozenset(reads))

    def _rendered(self, model: ModelFile) -> Iterator[Rendered]:
        for incremental in (False, True):
            yield render(model.text, self.project.variables, incremental=incremental)

    def _dialect(self) -> str:
        dialect = _DIALECTS.get(self.project.dialect, self.project.dialect)
        if dialect not in _KNOWN | {"tsql"}:
            raise CannotKnowError(f'the SQL of the adapter "{self.project.dialect}" is not read')
        return dialect

    def shape_of(self, name: str) -> Shape:
        """The columns of a relation, each under its own name."""
        if name in self.columns:
            return Shape({}, (Open(Ref(name, ()), names=self.columns[name] or None),))
        known = self.done.get(name)
        if known is None or known.unknown:
            return Shape({}, (Open(Ref(name, ())),))
        columns = {column: frozenset([Ref(name, (column,))]) for column in known.shape.columns}
        opens = known.shape.opens
        if not opens:
            return Shape(columns)
        names = [one.names - one.without if one.names is not None else None for one in opens]
        found = None if None in names else frozenset().union(*(one for one in names if one is not None))
        without = frozenset.intersection(*(one.without for one in opens)).difference(columns)
        return Shape(columns, (Open(Ref(name, ()), without, found),))


@dataclass
class _Tables:
    """The tables that the SQL of one model names."""

    reader: _Reader
    own: str
    rendered: Rendered
    read: set[str] = field(default_factory=set)

    def shape(self, table: exp.Table) -> Shape:
        """What a table is. Raises CannotKnowError for a model that is not there."""
        name = self._name(table)
        self.read.add(name)
        return self.reader.shape_of(name)

    def called(self, table: exp.Table) -> str:
        """The name that a table has in the query without an alias: that of the relation behind it."""
        if table.db != RENDERED:
            return table.name
        relation = self.rendered.relations[int(table.name[1:])]
        name = {"this": self.own, "model": relation.name}.get(relation.kind)
        return name or self.reader.place(relation)[1]

    def _name(self, table: exp.Table) -> str:
        if table.db == RENDERED:
            relation = self.rendered.relations[int(table.name[1:])]
            if relation.kind == "this":
                return self.own
            name = self.reader.relation(relation)
            if relation.kind == "model" and name not in self.reader.project.seeds:
                self._expect(name)
            return name
        if table.db.lower() != SCHEMA and self._is_model(table.name.lower()):
            return table.name.lower()
        return landing_name(table.db, table.name)

    def _is_model(self, name: str) -> bool:
        return any(model.name == name for model in self.reader.project.models)

    def _expect(self, name: str) -> None:
        if not self._is_model(name):
            near = did_you_mean(name, [model.name for model in self.reader.project.models], "models")
            raise CannotKnowError(f'there is no model "{name}"' + (f"; {near}" if near else ""))


def landing_name(schema: str, name: str) -> str:
    """`landing`, `shopify__orders__current` -> `landing.shopify__orders`; other tables stay what they are."""
    whole = f"{schema}.{name}".lower()
    return whole.removesuffix(CURRENT) if schema.lower() == SCHEMA else whole


def _key(rendered: Rendered) -> list[str]:
    """The columns by which dbt merges rows."""
    said = rendered.config.get("unique_key")
    return [str(one).lower() for one in (said if isinstance(said, list) else [said] if said else [])]
