"""Attributes of the resources that lakeform writes, as types.

Source: the documentation of the provider airbytehq/airbyte, docs/resources/{source,destination,connection}.md, 1.2.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NotRequired, TypedDict


class ActorAttributes(TypedDict):
    """Attributes of `airbyte_source` and `airbyte_destination`."""

    name: str
    workspace_id: str
    configuration: str
    definition_id: NotRequired[str]
    resource_allocation: NotRequired[dict[str, Any]]


class ScheduleAttributes(TypedDict):
    """`schedule` of `airbyte_connection`."""

    schedule_type: str
    cron_expression: NotRequired[str]


class StreamAttributes(TypedDict):
    """One element of `configurations.streams`. An omitted key keeps what is in the state, it never clears it."""

    name: str
    namespace: NotRequired[str]
    sync_mode: str
    cursor_field: NotRequired[list[str]]
    primary_key: NotRequired[list[list[str]]]
    selected_fields: list[dict[str, list[str]]]
    mappers: list[dict[str, Any]]
    include_files: NotRequired[bool]
    destination_object_name: NotRequired[str]


class StreamsAttributes(TypedDict):
    """`configurations` of `airbyte_connection`."""

    streams: list[StreamAttributes]


class ConnectionAttributes(TypedDict):
    """Attributes of `airbyte_connection`."""

    name: str
    source_id: str
    destination_id: str
    status: str
    namespace_definition: str
    namespace_format: NotRequired[str]
    prefix: str
    non_breaking_schema_updates_behavior: str
    schedule: ScheduleAttributes
    configurations: StreamsAttributes


class VariableAttributes(TypedDict):
    """A `variable` block."""

    type: str
    sensitive: NotRequired[bool]
    description: NotRequired[str]
    default: NotRequired[str | int | float | bool]


class ProviderAttributes(TypedDict, total=False):
    """The `provider "airbyte"` block; exactly one method of authentication."""

    server_url: str
    client_id: str
    client_secret: str
    token_url: str
    username: str
    password: str
    bearer_auth: str


def attributes_of(section: str) -> Collection[str]:
    """The attributes of a resource of a section that lakeform writes."""
    return (ConnectionAttributes if section == "connections" else ActorAttributes).__annotations__.keys()
