"""Modes: how a stream is best synced, given what its source and its destinations offer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from infra.lake.catalog.configured import FieldPath
from infra.lake.catalog.discovered import DiscoveredStream
from infra.lake.catalog.fields import is_known, properties_of
from infra.lake.registry.sync_mode import uses_primary_key
from infra.scaffold.names import snake

# Best first: only new rows, nothing lost; then what needs a key; then everything each time.
_PREFERENCE = (
    ("incremental", "append"),
    ("incremental", "append_dedup"),
    ("full_refresh", "overwrite"),
    ("full_refresh", "append"),
    ("full_refresh", "overwrite_dedup"),
    ("incremental", "update"),
    ("full_refresh", "update"),
    ("incremental", "soft_delete"),
    ("full_refresh", "soft_delete"),
)

# Fields that change whenever a row does, likeliest first. One that is set once would miss every later change.
_CURSORS = (
    "updated_at",
    "modified_at",
    "last_updated_at",
    "last_modified_at",
    "updated",
    "modified",
    "last_updated",
    "last_modified",
    "last_update",
    "updated_on",
    "modified_on",
    "updated_date",
    "modified_date",
    "last_modified_date",
    "last_updated_date",
    "date_updated",
    "date_modified",
    "update_time",
    "updated_time",
    "modified_time",
    "last_modified_time",
    "last_updated_time",
    "system_modstamp",
)
_KEYS = ("id", "_id", "uuid", "guid", "key")


@dataclass(frozen=True)
class Modes:
    """How a stream is synced.

    Attributes:
        cursor, key: what is used, if anything is.
        cursor_is_guessed, key_is_guessed: the source does not say it; the stream file has to.
        cursorless: incremental is offered, but nobody knows a cursor.
    """

    sync_mode: str
    destination_sync_mode: str
    cursor: FieldPath
    key: tuple[FieldPath, ...]
    cursor_is_guessed: bool = False
    key_is_guessed: bool = False
    cursorless: bool = False


def choose_modes(
    stream: DiscoveredStream, offered: frozenset[str] | None, told: FieldPath | None = None
) -> Modes | None:
    """The best pair that everybody offers; None if there is none. `offered`: what all destinations can do, None for any;
    `told`: the cursor, where somebody knows it.
    """
    cursor, guessed = (told, True) if told else _cursor(stream)
    own = stream.source_defined_primary_key or ()
    key = own or _guessed_key(stream)
    readable = stream.source_defined_cursor or bool(cursor)
    for sync, destination in _PREFERENCE:
        keyed = uses_primary_key(destination)
        if (
            sync in stream.supported_sync_modes
            and (offered is None or destination in offered)
            and (sync == "full_refresh" or readable)
            and (key or not keyed)
        ):
            incremental = sync == "incremental"
            return Modes(
                sync,
                destination,
                cursor=cursor if incremental else (),
                key=key if keyed or own else (),
                cursor_is_guessed=guessed and incremental,
                key_is_guessed=keyed and not own,
                cursorless="incremental" in stream.supported_sync_modes and not readable,
            )
    return None


def shared_modes(offers: Iterable[frozenset[str]]) -> frozenset[str] | None:
    """What every destination can do; None where nothing is known of any."""
    known = [offer for offer in offers if offer]
    return frozenset.intersection(*known) if known else None


def _cursor(stream: DiscoveredStream) -> tuple[FieldPath, bool]:
    """(cursor, is it a guess)."""
    own = stream.default_cursor_field or ()
    if stream.source_defined_cursor or (own and is_known(stream.json_schema, own)):
        return own, False
    dated = {snake(name): name for name, schema in properties_of(stream.json_schema).items() if _is_time(schema)}
    found = next((dated[name] for name in _CURSORS if name in dated), None)
    return ((found,), True) if found else ((), False)


def _guessed_key(stream: DiscoveredStream) -> tuple[FieldPath, ...]:
    fields = {name.lower(): name for name in properties_of(stream.json_schema)}
    found = next((fields[name] for name in _KEYS if name in fields), None)
    return ((found,),) if found else ()


def _is_time(schema: Any) -> bool:
    if not isinstance(schema, Mapping):
        return False
    return schema.get("format") == "date-time" or str(schema.get("airbyte_type", "")).startswith("timestamp")
