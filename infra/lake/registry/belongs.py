"""Where each key of the registry and of stream files belongs, for whoever writes it in another place."""

from __future__ import annotations

from collections.abc import Mapping

_CONNECTION = ("schedule", "namespace", "prefix", "schema_changes", "streams", "exclude")
_STREAM = ("fields", "exclude_fields", "sync_mode", "destination_sync_mode", "cursor_field", "primary_key", "mappers")
_FILE = ("accepted", "retired", "renamed")

# Key -> what to write. A place that has the key itself never asks.
BELONGS: Mapping[str, str] = {
    **dict.fromkeys(_CONNECTION, "write it in a connection"),
    **{key: f"write it in the stream file, or streams: {{<file>: {{{key}: ...}}}} of a connection" for key in _STREAM},
    **dict.fromkeys(_FILE, "write it at the top of the file, beside lake"),
    **{key: f"write schedule: {{{key}: ...}} in a connection" for key in ("cron", "every")},
    "new_columns": "write it in a connection, or for all of them: lake.defaults.connection",
    "undeclared": "write it in a source or destination",
    "overrides": "write it in an entry, or for all of a stack: lake.stacks.<stack>.overrides",
    "feeds": "write it in a connection",
    "landings": "write it under lake",
    "landing": "write it in a stack: lake.stacks.<stack>.landing, or in a stream file: landing: {mode: register}",
    "extra_files": "write it in a stack: lake.stacks.<stack>.extra_files",
}
