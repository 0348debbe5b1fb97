"""RemoteSettings: how a connection is set on the server, as the public API tells it (ConnectionResponse)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# What Airbyte writes in the place of a secret. Source: AirbyteSecretConstants.SECRETS_MASK
MASKED = "**********"


@dataclass(frozen=True)
class RemoteStream:
    """A stream of a connection.

    Attributes:
        mode: both sync modes in one word, as in COMBINED of infra/catalog.
        fields: paths of the selected ones; empty for all.
        mappers: as the API has them; keys of encryption are masked.
        further: settings that are not of a stream file, by the API's names.
    """

    name: str
    namespace: str | None
    mode: str
    cursor: tuple[str, ...]
    key: tuple[tuple[str, ...], ...]
    fields: tuple[tuple[str, ...], ...]
    mappers: tuple[Mapping[str, Any], ...] = field(repr=False)
    include_files: bool
    destination_object_name: str | None


@dataclass(frozen=True)
class RemoteSettings:
    """What an entry of the registry would have to say.

    Attributes:
        namespace: source, destination or custom_format.
        namespace_format: with custom_format.
    """

    namespace: str
    namespace_format: str
    prefix: str
    schema_changes: str
    streams: tuple[RemoteStream, ...]


def read_settings(body: Mapping[str, Any]) -> RemoteSettings | None:
    """The settings in an item of `GET /connections`; None if it does not tell them all."""
    if None in (body.get("namespaceDefinition"), body.get("nonBreakingSchemaUpdatesBehavior")):
        return None
    try:
        return RemoteSettings(
            namespace=str(body["namespaceDefinition"]),
            namespace_format=str(body.get("namespaceFormat") or ""),
            prefix=str(body.get("prefix") or ""),
            schema_changes=str(body["nonBreakingSchemaUpdatesBehavior"]),
            streams=tuple(_read_stream(stream) for stream in body["configurations"]["streams"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def schedule_of(body: Mapping[str, Any]) -> str:
    """When it syncs, in words: a cron expression, `every 24 hours`, `manual`; `unknown` where the server does not say."""
    schedule = body.get("schedule") or {}
    if schedule.get("scheduleType") == "basic":
        return str(schedule.get("basicTiming") or "basic").lower()
    return str(schedule.get("cronExpression") or schedule.get("scheduleType") or "unknown")


def _read_stream(body: Mapping[str, Any]) -> RemoteStream:
    return RemoteStream(
        name=str(body["name"]),
        namespace=None if body.get("namespace") is None else str(body["namespace"]),
        mode=str(body["syncMode"]),
        cursor=tuple(map(str, body.get("cursorField") or ())),
        key=tuple(tuple(map(str, path)) for path in body.get("primaryKey") or ()),
        fields=tuple(tuple(map(str, one["fieldPath"])) for one in body.get("selectedFields") or ()),
        mappers=tuple(map(_masked, body.get("mappers") or ())),
        include_files=body.get("includeFiles") is True,
        destination_object_name=str(body["destinationObjectName"]) if body.get("destinationObjectName") else None,
    )


def _masked(mapper: Mapping[str, Any]) -> Mapping[str, Any]:
    """The mapper without the key of an AES encryption, which not every list of Airbyte masks by itself."""
    # Airbyte: ConnectionsHandler.listConnectionsForWorkspaces has no maskMapperSecrets, unlike buildConnectionRead
    settings = mapper.get("mapperConfiguration")
    if not isinstance(settings, Mapping) or "key" not in settings:
        return mapper
    return {**mapper, "mapperConfiguration": {**settings, "key": MASKED}}
