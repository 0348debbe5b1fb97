"""Stream configurations of a connection: checked against the discovered catalog, then merged with it."""

from __future__ import annotations

from collections.abc import Callable

from tests.standin.call import Json, choice
from tests.standin.catalogs import PAIRS, default_config, field_paths, top_level_fields, valid_modes
from tests.standin.connectors import Connector
from tests.standin.errors import RefusedError, bad_request
from tests.standin.mappers import check_mappers
from tests.standin.state import ConfiguredStream

UPDATES = ("incremental_update", "full_refresh_update")

DEDUPS = ("incremental_deduped_history", "full_refresh_overwrite_deduped")

SEE = (
    "Please call the https://reference.airbyte.com/reference/getstreamproperties endpoint "
    "to see the valid stream name and namespace combinations."
)


def configure_streams(
    discovered: list[Json], wanted: list[Json], source: Connector, destination: Connector, new_id: Callable[[str], str]
) -> list[ConfiguredStream]:
    """The streams to store: made from the discovered catalog and the request, never from what was stored before."""
    # See Airbyte: AirbyteCatalogHelper.getValidConfiguredStreams
    configured: list[ConfiguredStream] = []
    seen: set[tuple[str, str | None]] = set()
    for one in wanted:
        stream = _find(discovered, one)
        _check(one, stream, destination)
        config = _merge(one, stream, new_id)
        key = (one["name"], one.get("namespace"))
        if key in seen or any(other.stream is stream for other in configured):
            raise bad_request(
                f"Duplicate stream found in configuration for stream name [{key[0]}] in namespace [{key[1]}]."
            )
        seen.add(key)
        _check_files(config, source, destination)
        configured.append(ConfiguredStream(stream, config))
    return configured


def _find(discovered: list[Json], wanted: Json) -> Json:
    """The stream of that name; the namespace is looked at only where the name is not enough."""
    # See Airbyte: AirbyteCatalogHelper.findAndValidateCatalogStreamAndConfiguration
    name, namespace = wanted.get("name"), wanted.get("namespace")
    if name is None:
        raise bad_request("Missing required creator property 'name'")
    named = [stream for stream in discovered if stream["name"] == name]
    if len(named) == 1:
        return named[0]
    exact = [stream for stream in named if stream.get("namespace") == namespace]
    if len(exact) == 1:
        return exact[0]
    count = "Multiple" if exact else "No"
    raise bad_request(f"{count} streams found with name [{name}] and namespace [{namespace}]. {SEE}")


def _check(wanted: Json, stream: Json, destination: Connector) -> None:
    # Airbyte: AirbyteCatalogHelper.validateStreamConfig; the order decides which of two mistakes is told.
    mode = choice(wanted, "syncMode", sorted(PAIRS))
    _check_selection(wanted, stream)
    if mode in (None, "full_refresh_overwrite"):
        return
    modes = valid_modes(stream, destination)
    if mode not in modes:
        raise bad_request(
            f"Cannot set sync mode to {mode} for stream {stream['name']}. Valid sync modes are: {', '.join(modes)}"
        )
    if mode in ("incremental_append", "incremental_deduped_history"):
        _check_cursor(wanted.get("cursorField") or [], stream)
    if mode in ("incremental_deduped_history", *UPDATES):
        _check_primary_key(wanted.get("primaryKey") or [], stream)


def _check_selection(wanted: Json, stream: Json) -> None:
    # See Airbyte: AirbyteCatalogHelper.validateFieldSelection
    selection = wanted.get("selectedFields")
    if selection is None:
        return
    name, fields, mode = stream["name"], top_level_fields(stream), wanted.get("syncMode") or ""
    valid = f"The list of valid field names includes: {fields}."
    if not selection:
        raise bad_request(f"No fields selected for stream {name}. {valid}")
    paths = [info.get("fieldPath") or [] for info in selection]
    if not all(paths):
        raise bad_request(f"Selected field path cannot be empty for stream: {name}.")
    if any(len(path) > 1 for path in paths):
        raise bad_request(f"Nested field selection not supported for stream {name}.")
    selected = [path[0] for path in paths]
    if len(set(selected)) < len(selected):
        raise bad_request(f"Duplicate fields selected in configuration for stream: {name}.")
    if not set(selected) <= set(fields):
        raise bad_request(f"Invalid fields selected for stream {name}. {valid}")
    if mode in (*DEDUPS, *UPDATES) and not {path[0] for path in _primary_key(wanted, stream) if path} <= set(selected):
        raise bad_request(
            f"Primary key fields are not selected properly for stream: {name}. "
            "Please include primary key(s) in the configuration for this stream."
        )
    cursor = _cursor(wanted, stream)
    if mode.startswith("incremental") and cursor and cursor[0] not in selected:
        raise bad_request(
            f"Cursor field is not selected properly for stream: {name}. "
            "Please include the cursor field in selected fields for this stream."
        )


def _check_cursor(given: list[str], stream: Json) -> None:
    # See Airbyte: AirbyteCatalogHelper.validateCursorField
    name = stream["name"]
    if stream.get("sourceDefinedCursor"):
        # As sets: the order of the parts of a path is not compared.
        if given and set(given) != set(stream["defaultCursorField"]):
            raise bad_request(
                f"Cursor Field {given} is already defined by source for stream: {name}. "
                "Do not include a cursor field configuration for this stream."
            )
    elif given:
        paths = list(field_paths(stream["jsonSchema"]))
        if given not in paths:
            raise bad_request(
                f"Invalid cursor field for stream: {name}. The list of valid cursor fields include: {paths}."
            )
    elif not stream["defaultCursorField"]:
        raise bad_request(
            f"No default cursor field for stream: {name}. Please include a cursor field configuration for this stream."
        )


def _check_primary_key(given: list[list[str]], stream: Json) -> None:
    # See Airbyte: AirbyteCatalogHelper.validatePrimaryKey
    name, defined = stream["name"], stream["sourceDefinedPrimaryKey"]
    if defined and given and given != defined:
        raise bad_request(
            f"Primary key for stream: {name} is already pre-defined. "
            f"Please remove the primaryKey or provide the value as {defined}."
        )
    if not defined and not given:
        raise bad_request(
            f"No default primary key for stream: {name}. Please include a primary key configuration for this stream."
        )
    paths = list(field_paths(stream["jsonSchema"]))
    for path in given:
        if path not in paths:
            raise bad_request(
                f"Invalid primary key for stream: {name}. The list of valid primary keys fields: {paths}."
            )
        if len(set(path)) < len(path):
            raise bad_request(
                f"Duplicate primary key detected for stream: {name}, please don't provide the same column more than "
                f"once. Key: {given}"
            )


def _check_files(config: Json, source: Connector, destination: Connector) -> None:
    if config.get("includeFiles") and not (source.supports_files and destination.supports_files):
        raise RefusedError(
            400, "connection-does-not-support-file-transfers", "The connection does not support file transfers."
        )


def _cursor(wanted: Json, stream: Json) -> list[str]:
    # See Airbyte: AirbyteCatalogHelper.selectCursorField
    defined: list[str] = stream["defaultCursorField"]
    return defined if stream.get("sourceDefinedCursor") else wanted.get("cursorField") or defined


def _primary_key(wanted: Json, stream: Json) -> list[list[str]]:
    # Airbyte: AirbyteCatalogHelper.selectPrimaryKey: what the source defines wins silently.
    return stream["sourceDefinedPrimaryKey"] or wanted.get("primaryKey") or []


def _merge(wanted: Json, stream: Json, new_id: Callable[[str], str]) -> Json:
    # Airbyte: AirbyteCatalogHelper.toAirbyteStreamConfiguration; an omitted list is the discovered default.
    config = default_config(stream)
    mode = wanted.get("syncMode") or "full_refresh_overwrite"
    config["syncMode"], config["destinationSyncMode"] = PAIRS[mode]
    if mode.startswith("incremental"):
        config["cursorField"] = _cursor(wanted, stream)
    if mode not in ("full_refresh_overwrite", "full_refresh_append"):
        config["primaryKey"] = _primary_key(wanted, stream)
    if wanted.get("selectedFields") is not None:
        config["fieldSelectionEnabled"] = True
        config["selectedFields"] = wanted["selectedFields"]
    if wanted.get("mappers") is not None:
        config["mappers"] = check_mappers(wanted["mappers"], stream, new_id)
    for key in ("includeFiles", "namespace", "destinationObjectName"):
        if wanted.get(key) is not None:
            config[key] = wanted[key]
    return config
