"""WarehouseTable: the table that a destination lands by itself, of one connection's stream.

Source: docs of Airbyte, "Airbyte metadata fields", and `Meta` of the bulk CDK for the columns that are added to every row;
`ColumnNameResolver` for columns that would have one name: which of them gets a number depends on their order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from infra.lake.catalog.cdc_fields import is_cdc_field
from infra.lake.catalog.columns import arrives_as, columns_of
from infra.lake.catalog.configured import ConfiguredStream, FieldPath
from infra.lake.catalog.discovered import DiscoveredStream
from infra.lake.files.namespace import namespace_of
from infra.lake.files.tables import LandingTable, table_of
from infra.lake.files.warehouse_names import raw_name
from infra.lake.files.warehouse_places import NotKnown, WarehousePlace, place_of
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.stack import Stack
from infra.lake.registry.entries import Connection
from infra.lake.registry.entry import Entry
from infra.lake.registry.sync_mode import uses_primary_key

_EXTRACTED_AT = "_airbyte_extracted_at"
_META = ("_airbyte_raw_id", _EXTRACTED_AT, "_airbyte_meta", "_airbyte_generation_id")
# What raw tables have besides: all fields are in the second.
_RAW_META = ("_airbyte_loaded_at", "_airbyte_data")


@dataclass(frozen=True)
class WarehouseTable:
    """Where a stream is found.

    Attributes:
        offered: what the source says of the stream; None if it was not discovered.
        database: None for a data lake.
        schema, name: exactly as the destination has them, so that they are right in quotes.
    """

    connection: Entry[Connection]
    stream: ConfiguredStream
    offered: DiscoveredStream | None
    place: WarehousePlace
    database: str | None
    schema: str
    name: str

    @property
    def stack(self) -> str:
        """Id of the stack."""
        return self.connection.stack

    @property
    def called(self) -> LandingTable:
        """What the stream is called everywhere: its name in dbt, and the part that tells it from others of the source."""
        return table_of(self.connection.settings.source, self.stream.stem)

    @property
    def asset_key(self) -> tuple[str, str, str, str]:
        """The key of the Dagster asset."""
        return "warehouse", self.place.destination.id, self.called.source, self.called.short

    @property
    def is_raw(self) -> bool:
        """True for a legacy raw table: the fields are in `_airbyte_data`, and no row replaces another."""
        return self.place.raw_schema is not None

    @property
    def deduplicates(self) -> bool:
        """True if the destination keeps the newest row of each key alone."""
        return not self.is_raw and uses_primary_key(self.stream.destination_sync_mode)

    @property
    def key(self) -> tuple[str, ...] | None:
        """The columns of the key, empty if the stream has none; None if they cannot be known."""
        return self._columns(self.stream.primary_key)

    @property
    def cursor(self) -> str | None:
        """The column of the cursor; None if there is none, or if it cannot be known."""
        found = self._columns([self.stream.used_cursor] if self.stream.used_cursor else [])
        return found[0] if found else None

    @property
    def extracted_at(self) -> str:
        """The column with the time at which a row was read."""
        return self._added(_EXTRACTED_AT)

    @property
    def meta_columns(self) -> tuple[str, ...]:
        """The columns that the destination adds."""
        return tuple(map(self._added, (*_META, *_RAW_META) if self.is_raw else _META))

    @property
    def cdc_columns(self) -> tuple[str, ...]:
        """The columns in which a source tells the log position and the deletion of a row, sorted; empty if none are known."""
        found = (self.column(field) for field in sorted(self._fields) if is_cdc_field(field))
        return tuple(column for column in found if column is not None)

    def column(self, field: str) -> str | None:
        """The column of a field by the name that it arrives with, behind mappers; None if it cannot be known, in a raw table too."""
        name = None if self.is_raw else self.place.naming.column(field)
        own = 1 if field in self._fields else 0
        return None if name is None or self._taken[name.casefold()] > own else name

    @cached_property
    def _fields(self) -> frozenset[str]:
        return columns_of(self.stream, self.offered)

    @cached_property
    def _taken(self) -> Counter[str]:
        """How many fields become a column, which have no case here."""
        names = (self.place.naming.column(field) for field in self._fields)
        return Counter(name.casefold() for name in (*_META, *names) if name is not None)

    def _columns(self, paths: Iterable[FieldPath]) -> tuple[str, ...] | None:
        found = [self._arrives(path) for path in paths]
        known = [column for column in found if column is not None]
        return tuple(known) if len(known) == len(found) else None

    def _arrives(self, path: FieldPath) -> str | None:
        """The column of a field of the source; None for one inside of another, which is no column."""
        field = arrives_as(self.stream, path[0]) if len(path) == 1 else None
        return None if field is None else self.column(field)

    def _added(self, name: str) -> str:
        return name.upper() if self.place.naming.shouts and not self.is_raw else name


def warehouse_table(
    model: LakeModel, stack: Stack, connection: Entry[Connection], stream: ConfiguredStream
) -> WarehouseTable | NotKnown | None:
    """The table that the connection's destination lands a stream in.

    NotKnown says why the files do not tell it. None for a destination that writes files, and for any whose names nobody here knows.
    """
    place = place_for(model, stack, connection)
    if not isinstance(place, WarehousePlace):
        return place
    found = names_in(place, connection, stream)
    if isinstance(found, NotKnown):
        return found
    source = model.source_of(connection)
    offered = source.discovery.streams.get(stream.key) if source else None
    return WarehouseTable(connection, stream, offered, place, place.database, *found)


def place_for(model: LakeModel, stack: Stack, connection: Entry[Connection]) -> WarehousePlace | NotKnown | None:
    """The place that a connection's streams go to, as `place_of` says of its destination."""
    destination = stack.destinations.get(connection.settings.destination)
    if destination is None:
        return None
    return place_of(stack, destination, model.locks.get(destination.settings.connector or ""))


def names_in(
    place: WarehousePlace, connection: Entry[Connection], stream: ConfiguredStream
) -> tuple[str, str] | NotKnown:
    """(schema, table) of a connection's stream, where the place is known already."""
    namespace = namespace_of(connection.settings, stream) or place.default_schema
    if isinstance(namespace, NotKnown):
        return namespace
    name = connection.settings.prefix + stream.name
    naming = place.naming
    if place.raw_schema is None or naming.raw_schema is None or naming.raw_table is None:
        written = naming.schema(namespace), naming.table(name)
    else:
        written = naming.raw_schema(place.raw_schema), naming.raw_table(raw_name(namespace, name))
    schema, table = written
    if schema is None or table is None:
        odd = namespace if schema is None else name
        return NotKnown(f'what {place.destination.settings.connector} makes of the name "{odd}" is not known')
    return schema, table
