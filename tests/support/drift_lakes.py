"""A lake of two stacks and the two workspaces of a stand-in that are as the lake says."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.connectors.walk import rebuilt
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.load import load_lake
from infra.lake.model.stack import Stack
from infra.lake.registry.connection_words import NamespaceFormat
from infra.lake.registry.entry import actor_name, cron_of
from infra.lake.registry.sync_mode import COMBINED
from infra.lake.values.reference import literal_value, reference_name
from tests.standin import StandIn
from tests.standin.state import NAMESPACE
from tests.support.lakes import locks, write_lake

# A value that no output may show.
SECRET = "a-value-that-is-secret"
MASKED = "another-value-that-is-secret"

VALUES = {"max_rows": 500}

WAREHOUSE = {
    "connector": "destination-warehouse",
    "definition_id": "3f1d5a7e-0000-4000-8000-00000000aaaa",
    "destination_sync_modes": ["append", "overwrite", "append_dedup"],
    "image": "airbyte/destination-warehouse",
    "spec": {
        "properties": {
            "host": {"type": "string"},
            "port": {"type": "integer"},
            "password": {"airbyte_secret": True, "type": "string"},
            "tags": {"items": {"type": "string"}, "type": "array"},
            "tuning": {"properties": {"threads": {"type": "integer"}}, "type": "object"},
        },
        "required": ["host"],
        "type": "object",
    },
    "supports_refreshes": True,
    "tag": "1.0.0",
}


def _stream(name: str, namespace: str | None, *fields: str) -> dict[str, Any]:
    properties = {field: {"type": "integer" if field == "id" else "string"} for field in fields}
    stream = {
        "name": name,
        "json_schema": {"type": "object", "properties": properties},
        "supported_sync_modes": ["full_refresh", "incremental"],
    }
    return stream | ({"namespace": namespace} if namespace else {})


# What the database offers.
OFFERED = [
    _stream("orders", "public", "id", "amount", "email", "created_at", "updated_at"),
    _stream("customers", "public", "id", "name", "email", "updated_at"),
    _stream("refunds", "public", "id", "reason", "updated_at"),
    _stream("audit", "public", "id", "what", "updated_at"),
]
SITE = [
    _stream("pages", None, "id", "title", "updated_at"),
    _stream("visits", None, "id", "page", "updated_at"),
    _stream("campaigns", None, "id", "name", "budget", "updated_at"),
]

REGISTRY = """\
# Everything that the shop has.
version: 1
lake:
  name: shop
  stacks:
    prod: {{server_url: "{url}", workspace_id: {prod}, auth: none}}  # the one that counts
    staging: {{server_url: "{url}", workspace_id: {staging}, auth: none}}
  variables:
    max_rows: {{default: 500}}
  defaults:
    connection: {{schema_changes: ignore, prefix: raw_}}  # for everything
sources:
  # The database of the shop.
  db:
    stack: [prod, staging]
    connector: source-postgres
    configuration:
      host: db.example.com  # behind the tunnel
      port: 5432
      database: shop
      username: reader
      password: {{secret: db_password}}
      schemas: [public]
      ssl_mode: {{mode: require}}
      replication_method:
        method: Standard
    resource_allocation: {{default: {{cpu_limit: "1"}}}}
    overrides:
      prod: {{adopt: {source_1}}}
      staging:
        adopt: {source_3}
        configuration:
          database: shop_staging
          ssl_mode: {{mode: verify-ca, ca_certificate: {{secret: db_certificate}}}}
  site:
    stack: prod
    adopt: {source_2}
    connector: source-klaviyo
    configuration:
      api_key: {{secret: site_key}}
      start_date: "2026-01-01T00:00:00Z"
      lookback_window: 3
destinations:
  warehouse:
    stack: [prod, staging]
    connector: destination-warehouse
    configuration: {{host: wh.example.com, port: 5439, password: {{secret: wh_password}}, tags: [a, b]}}
    overrides:
      prod: {{adopt: {destination_1}}}
      staging: {{adopt: {destination_2}, configuration: {{host: wh.staging.example.com}}}}
"""

CONNECTIONS = """\
# When what is synced.
connections:
  # Every table that counts.
  db_to_warehouse:
    stack: [prod, staging]
    source: db
    destination: warehouse
    schedule: {{cron: "0 0 6 * * ?"}}  # before anybody is up
    namespace: {{format: shop}}
    streams: [orders, customers]
    overrides:
      prod: {{adopt: {connection_1}}}
      staging:
        adopt: {connection_3}
        schedule: manual  # nobody waits for it
  site_to_warehouse:
    stack: prod
    adopt: {connection_2}
    source: site
    destination: warehouse
    schedule: {{every: 6h}}
    # All of it.
"""

ORDERS = """\
{
  "stream": "orders",
  "namespace": "public",
  "sync_mode": "incremental",
  "destination_sync_mode": "append_dedup",
  "primary_key": [["id"]],
  "cursor_field": ["updated_at"],
  "fields": ["id", "amount", "email", "updated_at"],
  "mappers": [
    {
      "type": "hashing",
      "mapper_configuration": {
        "hashing": {"target_field": "email", "method": "SHA-256", "field_name_suffix": "_hashed"}
      }
    }
  ]
}
"""
CAMPAIGNS = """\
{
  "cursor_field": ["updated_at"],
  "fields": {
    "id": {"type": "integer"},
    "name": {"type": "string"},
    "updated_at": {"type": "string"}
  },
  "mappers": [{
    "type": "encryption",
    "mapper_configuration": {"encryption": {"aes": {
      "algorithm": "AES", "target_field": "name", "field_name_suffix": "_encrypted",
      "key": {"secret": "name_key"}, "mode": "CBC", "padding": "PKCS5Padding"
    }}}
  }]
}
"""
STREAMS = {
    "db/orders": ORDERS,
    "db/customers": '{"stream": "customers", "namespace": "public", "cursor_field": ["updated_at"]}\n',
    "db/refunds": '{"namespace": "public", "cursor_field": ["updated_at"], "selected": false}\n',
    "site/pages": '{"sync_mode": "full_refresh"}\n',
    "site/campaigns": CAMPAIGNS,
    "site/visits": '{"cursor_field": ["updated_at"], "description": "who was where"}\n',
}


@dataclass(frozen=True)
class Shop:
    """A lake and the stand-in that its two stacks are on."""

    root: Path
    server: StandIn
    staging_id: str

    @property
    def model(self) -> LakeModel:
        return load_lake(self.root).model


@contextmanager
def shop(root: Path) -> Iterator[Shop]:
    """The lake, written, and a server in which every entry is as it says."""
    connectors = {lock.stem: json.loads(lock.read_text()) for lock in locks() if "docs" not in lock.name}
    connectors["destination-warehouse"] = WAREHOUSE
    catalogs = {"source-postgres": OFFERED, "source-klaviyo": SITE}
    with StandIn(connectors, catalogs, require_auth=False) as server:
        staging = server.add_workspace("Staging")
        _write(root, server, staging)
        model = load_lake(root).model
        for id_, workspace in (("prod", server.workspace_id), ("staging", staging)):
            _seed(server, model.stacks[id_], workspace)
        yield Shop(root, server, staging)


def _write(root: Path, server: StandIn, staging: str) -> None:
    ids = {
        f"{kind}_{number}": str(uuid.uuid5(NAMESPACE, f"{kind}-{number}"))
        for kind in ("source", "destination", "connection")
        for number in range(1, 4)
    }
    ids |= {"url": server.url, "prod": server.workspace_id, "staging": staging}
    files = {f"dag/streams/{name}.json": text for name, text in STREAMS.items()}
    files |= {
        f"dag/sources/{source}/{one['name']}.json": json.dumps(one)
        for source, offered in (("db", OFFERED), ("site", SITE))
        for one in offered
    }
    write_lake(root)
    for path in ("dag/registry/lake.yaml", "dag/streams/faker/users.json"):
        (root / path).unlink()
    (root / "dag/streams/faker").rmdir()
    files["dag/connectors/destination-warehouse.json"] = json.dumps(WAREHOUSE)
    files["dag/registry/lake.yaml"] = REGISTRY.format(**ids)
    files["dag/registry/connections.yaml"] = CONNECTIONS.format(**ids)
    write_lake(root, files)


def _seed(server: StandIn, stack: Stack, workspace: str) -> None:
    ends: dict[str, str] = {}
    for actor in stack.actors():
        connector = actor.settings.connector or ""
        add = server.add_source if actor.section == "sources" else server.add_destination
        options = rebuilt(actor.settings.configuration, lambda _, value: _value(value))
        ends[actor.path] = add(actor_name(actor), connector, options, workspace)
        allocation = actor.settings.resource_allocation
        if allocation:
            kind = "source" if actor.section == "sources" else "destination"
            server.state.actors(kind)[ends[actor.path]].resource_allocation = allocation.model_dump(exclude_none=True)
    for connection in stack.connections.values():
        settings = connection.settings
        cron = cron_of(connection)
        schedule = {"scheduleType": "cron", "cronExpression": str(cron)} if cron else {"scheduleType": "manual"}
        custom = isinstance(settings.namespace, NamespaceFormat)
        server.add_connection(
            ends[f"sources.{settings.source}"],
            ends[f"destinations.{settings.destination}"],
            name=stack.connection_name(connection),
            schedule=schedule,
            status=settings.status,
            prefix=settings.prefix,
            namespaceDefinition="custom_format" if custom else settings.namespace,
            namespaceFormat=settings.namespace.format if isinstance(settings.namespace, NamespaceFormat) else None,
            nonBreakingSchemaUpdatesBehavior=settings.schema_changes,
            configurations={"streams": [api_stream(one) for one in stack.streams[connection.id]]},
        )


def _value(value: Any) -> Any:
    kind, name = reference_name(value) or ("", "")
    if kind == "secret":
        return SECRET
    return VALUES[name] if kind else literal_value(value) or value


def api_stream(stream: ConfiguredStream) -> dict[str, Any]:
    """The stream as a request of the public API has it."""
    body: dict[str, Any] = {
        "name": stream.name,
        "syncMode": COMBINED[stream.sync_mode, stream.destination_sync_mode],
        "cursorField": list(stream.used_cursor),
        "primaryKey": [list(path) for path in stream.used_primary_key],
        "mappers": [_mapper(one.model_dump(exclude_none=True)) for one in stream.mappers],
    }
    body |= {"namespace": stream.namespace} if stream.namespace else {}
    if stream.fields is not None:
        body["selectedFields"] = [{"fieldPath": [name]} for name in stream.fields]
    return body


def _mapper(mapper: Mapping[str, Any]) -> dict[str, Any]:
    settings = next(iter(mapper["mapper_configuration"].values()))
    plain = next(iter(settings.values())) if mapper["type"] == "encryption" else settings
    return {"type": mapper["type"], "mapperConfiguration": rebuilt(_camel(plain), lambda _, value: _value(value))}


def _camel(value: Any) -> Any:
    if isinstance(value, dict):
        return {_camel_word(key): _camel(inner) for key, inner in value.items()}
    return [_camel(one) for one in value] if isinstance(value, list) else value


def _camel_word(word: str) -> str:
    first, *rest = word.split("_")
    return first + "".join(part.title() for part in rest)
