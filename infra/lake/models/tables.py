"""StreamTable: the table of a stream as models see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from infra.lake.catalog.columns import arrives_as, columns_of
from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.catalog.discovered import DiscoveredStream
from infra.lake.files.column_names import safe_names
from infra.lake.files.tables import LandingTable, table_of
from infra.lake.model.lake_model import LakeModel

# What destinations, readers and the landing itself add to every row.
_ADDED = ("_airbyte_", "_ab_", "_lake_", "_dlt_")


@dataclass(frozen=True)
class StreamTable:
    """The table of a stream that is synced.

    Attributes:
        streams: as the connections ask for it, with what the source offers.
        columns: in lower case; None if nobody knows them.
    """

    table: LandingTable
    streams: tuple[tuple[ConfiguredStream, DiscoveredStream | None], ...]
    columns: frozenset[str] | None

    def has(self, column: str) -> bool:
        """True if the table has the column, or may have it."""
        return self.columns is None or column in self.columns or column.startswith(_ADDED)


def stream_tables(model: LakeModel) -> dict[str, StreamTable]:
    """`landing.<table>` -> the table, of every stream that a connection or an external source brings; sorted."""
    found: dict[str, list[tuple[LandingTable, ConfiguredStream, DiscoveredStream | None]]] = {}
    for table, stream, offered in (*_of_connections(model), *_of_external(model)):
        found.setdefault(table.qualified, []).append((table, stream, offered))
    return {name: _joined(found[name]) for name in sorted(found)}


def column_of(stream: ConfiguredStream, field: str) -> str | None:
    """The column that a field arrives in, in lower case; None where a mapper takes it away."""
    name = arrives_as(stream, field)
    return column_name(name) if name is not None else None


def column_name(field: str) -> str:
    """A field's name as a column has it, in lower case."""
    return safe_names([field])[0].lower()


def known_columns(tables: Mapping[str, StreamTable]) -> dict[str, frozenset[str] | None]:
    """Table -> its columns."""
    return {name: table.columns for name, table in tables.items()}


def _of_connections(model: LakeModel) -> Iterator[tuple[LandingTable, ConfiguredStream, DiscoveredStream | None]]:
    for stack in model.stacks.values():
        for connection_id, streams in sorted(stack.streams.items()):
            connection = stack.connections[connection_id]
            source = model.source_of(connection)
            for stream in streams:
                offered = source.discovery.streams.get(stream.key) if source else None
                yield table_of(connection.settings.source, stream.stem), stream, offered


def _of_external(model: LakeModel) -> Iterator[tuple[LandingTable, ConfiguredStream, DiscoveredStream | None]]:
    for stack in model.stacks.values():
        for id_, source in stack.sources.items():
            folder = model.sources.get(id_)
            if source.settings.external is not None and folder is not None:
                for stem in sorted(folder.selected & folder.streams.keys()):
                    stream = folder.streams[stem]
                    yield table_of(id_, stem), stream, folder.discovery.streams.get(stream.key)


def _joined(found: list[tuple[LandingTable, ConfiguredStream, DiscoveredStream | None]]) -> StreamTable:
    columns: set[str] | None = set()
    for _, stream, offered in found:
        known = columns_of(stream, offered)
        columns = (
            columns | {name.lower() for name in safe_names(sorted(known))} if known and columns is not None else None
        )
    streams = {stream.written: (stream, offered) for _, stream, offered in found}
    return StreamTable(found[0][0], tuple(streams.values()), frozenset(columns) if columns is not None else None)
