"""Registry values to Terraform bodies: pure functions, no constructs, no cdktf."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.model.attributes import (
    ActorAttributes,
    ConnectionAttributes,
    ProviderAttributes,
    ScheduleAttributes,
    StreamAttributes,
    VariableAttributes,
)
from infra.lake.model.variables import Variable
from infra.lake.registry.connection_words import NamespaceFormat
from infra.lake.registry.cron import Cron
from infra.lake.registry.entries import Actor, Connection, EntrySettings
from infra.lake.registry.entry import Entry, actor_name, cron_of
from infra.lake.registry.kinds import address_of, local_name
from infra.lake.registry.lake import BasicAuth, BearerAuth, ClientCredentials, StackSettings
from infra.lake.registry.server_url import token_url, token_url_expression
from infra.lake.registry.sync_mode import COMBINED
from infra.lake.values.reference import SecretRef, VarRef
from infra.terraform.constructs.expression import escape, text_expression, value_expression


def provider_body(stack: StackSettings) -> ProviderAttributes:
    """The provider block: the server and exactly one method of authentication."""
    body: ProviderAttributes = {"server_url": text_expression(stack.server_url)}
    auth = stack.auth
    if isinstance(auth, ClientCredentials):
        body["client_id"] = text_expression(auth.client_id)
        body["client_secret"] = text_expression(auth.client_secret)
        body["token_url"] = text_expression(auth.token_url) if auth.token_url else _token_url(stack)
    elif isinstance(auth, BasicAuth):
        body["username"] = text_expression(auth.username)
        body["password"] = text_expression(auth.password)
    elif isinstance(auth, BearerAuth):
        body["bearer_auth"] = text_expression(auth.bearer_token)
    return body


def _token_url(stack: StackSettings) -> str:
    """The default, in Terraform's words where only a variable has the server's address."""
    if isinstance(stack.server_url, (SecretRef, VarRef)):
        return token_url_expression(stack.server_url.name)
    return escape(token_url(stack.server_url))


def variable_body(variable: Variable) -> VariableAttributes:
    """A variable block."""
    body: VariableAttributes = {"type": variable.type}
    if variable.secret:
        body["sensitive"] = True
    if variable.description is not None:
        body["description"] = variable.description
    if variable.default is not None:
        body["default"] = variable.default
    return body


def actor_body(actor: Entry[Actor], stack: StackSettings, definition_id: str) -> ActorAttributes:
    """A source or destination; its configuration is a local value, so that a pull request shows it line by line."""
    body: ActorAttributes = {
        "name": escape(actor_name(actor)),
        "workspace_id": text_expression(stack.workspace_id),
        "configuration": f"${{jsonencode(local.{local_name(actor.path)})}}",
        "definition_id": definition_id,
    }
    if actor.settings.resource_allocation is not None:
        body["resource_allocation"] = value_expression(actor.settings.resource_allocation.model_dump(exclude_none=True))
    return body


def actor_id(actor: Entry[Actor]) -> str:
    """The expression for an actor's id; the literal one for an actor that is not managed here."""
    if actor.settings.existing:
        return actor.settings.existing
    return f"${{{address_of(actor.path)}.{actor.kind}_id}}"


def connection_body(
    connection: Entry[Connection],
    name: str,
    source_id: str,
    destination_id: str,
    streams: list[StreamAttributes],
) -> ConnectionAttributes:
    """A connection between two ids."""
    entry = connection.settings
    body: ConnectionAttributes = {
        "name": escape(name),
        "source_id": source_id,
        "destination_id": destination_id,
        "status": entry.status,
        "namespace_definition": "custom_format",
        "prefix": escape(entry.prefix),
        "non_breaking_schema_updates_behavior": entry.schema_changes,
        "schedule": _schedule(cron_of(connection)),
        "configurations": {"streams": streams},
    }
    if isinstance(entry.namespace, NamespaceFormat):
        body["namespace_format"] = escape(entry.namespace.format)
    else:
        body["namespace_definition"] = entry.namespace
    return body


def _schedule(cron: Cron | None) -> ScheduleAttributes:
    return {"schedule_type": "cron", "cron_expression": cron.for_airbyte} if cron else {"schedule_type": "manual"}


def stream_body(stream: ConfiguredStream) -> StreamAttributes:
    """One stream of a connection.

    The cursor and the key stand there where the sync mode uses them, also those that the source defines, which the
    server takes if they are the same: a key that is missing would keep what is in the state, for a new stream even
    that of another one (docs/provider-notes.md). Where the mode does not use them, the server would put its own in
    their place, and that would be a change in every plan. `selected_fields` and `mappers` are always there, empty for
    all and none.
    """
    body: StreamAttributes = {
        "name": escape(stream.name),
        "sync_mode": COMBINED[stream.sync_mode, stream.destination_sync_mode],
        "selected_fields": [{"field_path": [escape(name)]} for name in stream.fields or ()],
        "mappers": [value_expression(mapper.model_dump(exclude_none=True)) for mapper in stream.mappers],
    }
    if stream.namespace is not None:
        body["namespace"] = escape(stream.namespace)
    if stream.used_cursor:
        body["cursor_field"] = [escape(part) for part in stream.used_cursor]
    if stream.used_primary_key:
        body["primary_key"] = [[escape(part) for part in path] for path in stream.used_primary_key]
    if stream.include_files is not None:
        body["include_files"] = stream.include_files
    if stream.destination_object_name is not None:
        body["destination_object_name"] = escape(stream.destination_object_name)
    return body


def meta_of(entry: EntrySettings) -> Mapping[str, Any]:
    """Meta-arguments: `protect: true` makes Terraform refuse a plan that destroys the object."""
    return {"lifecycle": {"prevent_destroy": True}} if entry.protect else {}


def imports_of(placed: Entry[EntrySettings]) -> Mapping[str, Any]:
    """The import block of `adopt: <uuid>`."""
    if placed.settings.adopt is None:
        return {}
    return {"import": [{"id": placed.settings.adopt, "to": address_of(placed.path)}]}
