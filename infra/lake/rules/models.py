"""The dbt models of the lake against what is synced. Advice, and only where the extra `flows` is there to read them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from infra.lake.documents import Location, Problem, did_you_mean
from infra.lake.documents.lines import place_at
from infra.lake.files.feeds import feeds_of
from infra.lake.files.tables import SCHEMA
from infra.lake.model.lake_model import LakeModel
from infra.lake.models.extra import can_read_models
from infra.lake.models.project import has_models
from infra.lake.models.tables import StreamTable, stream_tables

if TYPE_CHECKING:
    from infra.lake.models.graph import ModelGraph


def advise_models(model: LakeModel) -> Iterator[Problem]:
    """`model-unsynced` for a model that reads a stream or field that no connection syncs, `stream-unread` for a stream
    that is fed into a landing and that no model reads.
    """
    if not has_models(model.root) or not can_read_models():
        return
    from infra.lake.models.lake_graph import lake_graph  # noqa: PLC0415  # the parsers are an extra

    tables = stream_tables(model)
    graph = lake_graph(model)
    for reading in graph.models.values():
        yield from _unsynced(reading.file, reading.text, reading.reads, tables)
    yield from _fields(graph, tables)
    if not any(reading.unknown for reading in graph.models.values()):
        yield from _unread(model, frozenset().union(*(reading.reads for reading in graph.models.values())))


def _unsynced(file: str, text: str, reads: frozenset[str], tables: Mapping[str, StreamTable]) -> Iterator[Problem]:
    for name in sorted(reads):
        schema, _, table = name.partition(".")
        if schema == SCHEMA and table and name not in tables:
            near = did_you_mean(table, [one.table.name for one in tables.values()], "tables of synced streams")
            yield _warning(file, text, table, f"no connection syncs the stream of {name}", near)


def _fields(graph: ModelGraph, tables: Mapping[str, StreamTable]) -> Iterator[Problem]:
    """One for each model and column: where the model itself names it, not where it is handed on."""
    from infra.lake.models.reach import origins  # noqa: PLC0415

    for reading in graph.models.values():
        named = {ref for refs in reading.shape.columns.values() for ref in refs} | {ref for ref, _ in reading.uses}
        found = {origin for ref in named if ref.sure and ref.path for origin in origins(graph, ref) if origin.sure}
        for table, column in sorted({(ref.table, ref.path[0]) for ref in found if ref.path}):
            known = tables.get(table)
            if known is not None and not known.has(column):
                where = f"{known.table.source}.{known.table.stem}"
                near = did_you_mean(column, known.columns or (), "columns")
                message = f'{where} syncs no field for the column "{column}"'
                yield _warning(reading.file, reading.text, column, message, near)


def _unread(model: LakeModel, reads: frozenset[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for landing in model.registry.lake.landings:
        for feed in feeds_of(model, landing):
            if feed.table.qualified not in reads | seen:
                seen.add(feed.table.qualified)
                message = f"its files are fed into {feed.table.qualified}, and no model reads that"
                flow = f"lakeform add flow {feed.source} {shlex.quote(feed.stream.stem)}"
                fix = f"write a model (run: {flow}), or leave the stream out with selected: false"
                yield feed.stream.layers.problem("stream-unread", (), message, fix, severity="warning")


def _warning(file: str, text: str, word: str, message: str, fix: str) -> Problem:
    return Problem("model-unsynced", _place(file, text, word), "", message, fix, severity="warning")


def _place(file: str, text: str, word: str) -> Location:
    """Where the word stands first in the model; its beginning where it stands in none, as behind a `*`."""
    found = re.search(rf"(?i)(?<![A-Za-z0-9_]){re.escape(word)}(?![A-Za-z0-9_])", text)
    return Location(file, *place_at(text, found.start())) if found else Location(file)
