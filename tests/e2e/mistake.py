"""Mistake: a stream file that a rule refuses, and what the server says to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]

Outcome = Literal["refused", "altered", "accepted"]


@dataclass(frozen=True)
class Mistake:
    """One mistake.

    Attributes:
        name: what somebody does wrong.
        rule: what `check` calls it.
        outcome: what the server does with it: an HTTP 400, something else than was asked, or just that.
        said: a part of the server's message.
        file: the stream file.
        beside: another stream file.
        connection: keys of the connection in the registry.
        destination: `destination-all`, which has every mode, or `destination-append`, which only appends.

    """

    name: str
    rule: str
    outcome: Outcome
    said: str = ""
    file: Json = field(default_factory=dict)
    beside: Json | None = None
    connection: Mapping[str, Any] = field(default_factory=dict)
    destination: str = "destination-all"


NAMES = {"namespace": "namespace", "cursor_field": "cursorField", "primary_key": "primaryKey"}
# The pairs whose name in the public API is not simply both put together.
DEDUPED = {
    "incremental_append_dedup": "incremental_deduped_history",
    "full_refresh_overwrite_dedup": "full_refresh_overwrite_deduped",
}


def payload(file: Json) -> Json:
    """A stream file in the public API's words, with its mistakes."""
    mode = f"{file['sync_mode']}_{file['destination_sync_mode']}"
    stream: Json = {"name": file["stream"], "syncMode": DEDUPED.get(mode, mode)}
    stream |= {NAMES[key]: value for key, value in file.items() if key in NAMES}
    if "fields" in file:
        stream["selectedFields"] = [{"fieldPath": name.split(".")} for name in file["fields"]]
    if "mappers" in file:
        stream["mappers"] = [_hashing(one["mapper_configuration"]["hashing"]) for one in file["mappers"]]
    return stream


def _hashing(settings: Json) -> Json:
    names = {"target_field": "targetField", "method": "method", "field_name_suffix": "fieldNameSuffix"}
    return {"type": "hashing", "mapperConfiguration": {names[key]: value for key, value in settings.items()}}
