"""WarehousePlace: where a destination that lands tables itself puts them, as far as its configuration says.

Source: the specs of Airbyte's connectors, and `*Configuration` of each (airbytehq/airbyte): the default of the schema of raw
tables is `DbConstants.DEFAULT_RAW_TABLE_NAMESPACE`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.lake.connectors.lock import ConnectorLock
from infra.lake.files.warehouse_names import WarehouseNaming, naming_of
from infra.lake.model.stack import Stack
from infra.lake.registry.entries import Destination
from infra.lake.registry.entry import Entry
from infra.lake.values.reference import reference_name

DATA_LAKE = "destination-s3-data-lake"
RAW_SCHEMA = "airbyte_internal"

# Connector -> the options of its database, of its default schema, and of the schema of raw tables.
_OPTIONS: Mapping[str, tuple[str, str, str]] = {
    "destination-bigquery": ("project_id", "dataset_id", "raw_data_dataset"),
    "destination-postgres": ("database", "schema", "raw_data_schema"),
    "destination-redshift": ("database", "schema", "raw_data_schema"),
    "destination-snowflake": ("database", "schema", "raw_data_schema"),
}
# The option of a data lake's default namespace, by catalog.
_NAMESPACES = {"GLUE": "database_name", "NESSIE": "namespace", "POLARIS": "namespace", "REST": "namespace"}

# Options of releases to come that change names.
_RENAMES = (
    *("default_table_suffix", "streams", "namespace_delimiter", "lowercase_column_names", "normalize_column_names"),
)


@dataclass(frozen=True)
class NotKnown:
    """Why the files do not say it."""

    why: str


@dataclass(frozen=True)
class WarehousePlace:
    """What a destination says of its tables.

    Attributes:
        database: None for a data lake: each engine has a name of its own for its catalog.
        default_schema: of streams without a namespace, as it is written.
        raw_schema: schema of legacy raw tables, as it is written; None where fields become columns.
    """

    destination: Entry[Destination]
    naming: WarehouseNaming
    database: str | None
    default_schema: str | NotKnown
    raw_schema: str | None


def place_of(
    stack: Stack, destination: Entry[Destination], lock: ConnectorLock | None
) -> WarehousePlace | NotKnown | None:
    """The place of a destination's tables; None for a connector that lands no tables, or that nothing is known of."""
    connector = destination.settings.connector or ""
    if connector not in _OPTIONS and connector != DATA_LAKE:
        return None
    options = destination.settings.configuration
    if options is None:
        return NotKnown(f"{destination.path} is not managed here, so that its options are not known")
    if odd := next((key for key in _RENAMES if options.get(key)), None):
        return NotKnown(f"what the option {odd} of {destination.path} does to names is not known")
    version = lock.tag if lock else ""
    catalog = _catalog(options)
    naming = naming_of(connector, version, glue=catalog.get("catalog_type") == "GLUE")
    if naming is None:
        return NotKnown(f"how {connector} {version or 'without a locked version'} names tables is not known")
    if connector == DATA_LAKE:
        return _data_lake(stack, destination, naming, catalog)
    return _database(stack, destination, naming, options)


def _database(
    stack: Stack, destination: Entry[Destination], naming: WarehouseNaming, options: Mapping[str, Any]
) -> WarehousePlace | NotKnown:
    database_key, schema_key, raw_key = _OPTIONS[destination.settings.connector or ""]
    database = _text(stack, destination, options, database_key)
    raw = _raw_schema(stack, destination, options, raw_key) if naming.raw_table is not None else None
    if isinstance(database, NotKnown):
        return database
    if isinstance(raw, NotKnown):
        return raw
    schema = _text(stack, destination, options, schema_key)
    return WarehousePlace(destination, naming, database.upper() if naming.shouts else database, schema, raw)


def _raw_schema(
    stack: Stack, destination: Entry[Destination], options: Mapping[str, Any], key: str
) -> str | NotKnown | None:
    """Where raw tables are; None if there are none."""
    switch = options.get("disable_type_dedupe", False)
    if not isinstance(switch, bool):
        return NotKnown(f"whether the option disable_type_dedupe of {destination.path} is set is not in the files")
    if not switch:
        return None
    return _text(stack, destination, options, key) if options.get(key) else RAW_SCHEMA


def _data_lake(
    stack: Stack, destination: Entry[Destination], naming: WarehouseNaming, catalog: Mapping[str, Any]
) -> WarehousePlace | NotKnown:
    key = _NAMESPACES.get(str(catalog.get("catalog_type")))
    if key is None:
        return NotKnown(f"the files do not say which catalog_type {destination.path} has")
    return WarehousePlace(destination, naming, None, _text(stack, destination, catalog, key), None)


def _catalog(options: Mapping[str, Any]) -> Mapping[str, Any]:
    found = options.get("catalog_type")
    return found if isinstance(found, Mapping) else {}


def _text(stack: Stack, destination: Entry[Destination], options: Mapping[str, Any], key: str) -> str | NotKnown:
    """The text of an option, also where it is a variable whose value the registry gives."""
    value = options.get(key)
    reference = reference_name(value)
    if reference is not None:
        kind, name = reference
        given = stack.look_up(name, {}) if name in stack.variables else None
        if given is None:
            return NotKnown(
                f"the option {key} of {destination.path} is {{{kind}: {name}}}, whose value is not in the files"
            )
        value = str(given[1])
    if not isinstance(value, str) or not value:
        return NotKnown(f"{destination.path} has no text as the option {key}")
    return value
