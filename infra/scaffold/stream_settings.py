"""Settings of stream files: only what differs from what discovery and the defaults say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from infra.base.errors import UserError
from infra.lake.catalog.cdc_fields import DELETED_AT
from infra.lake.catalog.discovered import DiscoveredStream
from infra.lake.catalog.fields import properties_of
from infra.lake.documents import did_you_mean
from infra.lake.registry.sync_mode import DEFAULT_DESTINATION_MODE
from infra.scaffold.modes import Modes


def stream_settings(
    stem: str, stream: DiscoveredStream, modes: Modes, fields: Sequence[str] | None, *, alone: bool
) -> dict[str, Any]:
    """The keys of a stream file; none where discovery says it all. `alone`: no other stream has its name."""
    default = "incremental" if "incremental" in stream.supported_sync_modes else "full_refresh"
    settings: dict[str, Any] = {
        "stream": stream.name if stem != stream.name else None,
        "namespace": stream.namespace or (None if alone else ""),
        "sync_mode": modes.sync_mode if modes.sync_mode != default else None,
        "destination_sync_mode": modes.destination_sync_mode,
        "cursor_field": modes.cursor if modes.cursor_is_guessed else None,
        "primary_key": modes.key if modes.key_is_guessed else None,
        "fields": fields,
    }
    if modes.destination_sync_mode == DEFAULT_DESTINATION_MODE[modes.sync_mode]:
        del settings["destination_sync_mode"]
    return {key: value for key, value in settings.items() if value is not None}


def chosen_fields(stream: DiscoveredStream, modes: Modes, wanted: Sequence[str]) -> tuple[list[str], list[str]]:
    """The names of fields, whose types discovery says, and those that nobody asked for: keys, cursors and the mark of a deletion,
    without which an incremental stream never says that a row is gone.

    Raises UserError for a field that the stream does not have.
    """
    known = properties_of(stream.json_schema)
    for name in wanted:
        if name not in known:
            raise UserError(f'the stream "{stream.name}" has no field "{name}"; {_meant(name, known)}')
    needed = [path[0] for path in (*modes.key, modes.cursor) if path and path[0] in known]
    marker = [DELETED_AT] if DELETED_AT in known and modes.sync_mode == "incremental" else []
    names = list(dict.fromkeys([*needed, *wanted, *marker]))
    return names, [name for name in names if name not in wanted]


def _meant(name: str, known: Mapping[str, Any]) -> str:
    top = name.partition(".")[0]
    if "." in name and top in known:
        return f'only whole top-level fields can be selected: "{top}"'
    return did_you_mean(name, known, "fields") or "its source names none: leave out --fields"
