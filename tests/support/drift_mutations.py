"""Changes of a workspace by hand, one each: what somebody clicks in Airbyte while the files of the shop stay as they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tests.standin.catalogs import overwrite_config, read_catalog
from tests.standin.state import Actor, ConfiguredStream, Connection
from tests.support.drift_lakes import MASKED, OFFERED, Shop

Mutate = Callable[[Shop], None]


def connection(shop: Shop, number: int) -> Connection:
    """0: db in prod, 1: site, 2: db in staging."""
    return list(shop.server.state.connections.values())[number]


def actor(shop: Shop, kind: str, number: int) -> Actor:
    """Sources 0: db in prod, 1: site, 2: db in staging. Destinations 0: prod, 1: staging."""
    return list(shop.server.state.actors(kind).values())[number]


def sets(number: int, **values: Any) -> Mutate:
    """A setting of a connection."""

    def mutate(shop: Shop) -> None:
        for name, value in values.items():
            setattr(connection(shop, number), name, value)

    return mutate


def names(kind: str, number: int, name: str) -> Mutate:
    """The name of a source or destination."""
    return lambda shop: setattr(actor(shop, kind, number), "name", name)


def allocates(kind: str, number: int, value: Any) -> Mutate:
    """The resources of its pods."""
    return lambda shop: setattr(actor(shop, kind, number), "resource_allocation", value)


def option(kind: str, number: int, *path: str, value: Any = None) -> Mutate:
    """An option of a configuration; None removes it."""

    def mutate(shop: Shop) -> None:
        inside = actor(shop, kind, number).configuration
        for part in path[:-1]:
            inside = inside[part]
        if value is None:
            del inside[path[-1]]
        else:
            inside[path[-1]] = value

    return mutate


def stream(number: int, name: str, **config: Any) -> Mutate:
    """Settings of a stream, by the names of the Configuration API."""

    def mutate(shop: Shop) -> None:
        found = next(one for one in connection(shop, number).streams if one.stream["name"] == name)
        found.config.update(config)

    return mutate


def adds(number: int, offered: dict[str, Any]) -> Mutate:
    """A stream that is synced too, read in full."""

    def mutate(shop: Shop) -> None:
        found = read_catalog([offered])[0]
        connection(shop, number).streams.append(ConfiguredStream(found, overwrite_config(found)))

    return mutate


def drops(number: int, name: str) -> Mutate:
    """A stream that is not synced any more."""

    def mutate(shop: Shop) -> None:
        found = connection(shop, number)
        found.streams = [one for one in found.streams if one.stream["name"] != name]

    return mutate


def deletes(kind: str, number: int, *connections: int) -> Mutate:
    """An object with the connections that go with it."""

    def mutate(shop: Shop) -> None:
        for one in (number,) if kind == "connection" else connections:
            connection(shop, one).deleted = True
        if kind != "connection":
            actor(shop, kind, number).deleted = True

    return mutate


def fields(*selected: str) -> list[dict[str, Any]]:
    """Selected fields, as the API has them."""
    return [{"fieldPath": [name]} for name in selected]


def mapper(kind: str, **configuration: Any) -> list[dict[str, Any]]:
    """One mapper, as the API has it."""
    return [{"id": "9d0c8f5a-0000-4000-8000-000000000001", "type": kind, "mapperConfiguration": configuration}]


ALL_FIELDS: list[dict[str, Any]] = []
CDC = {"method": "CDC", "replication_slot": "lake", "publication": "lake", "plugin": "pgoutput"}
TUNNEL = {
    "tunnel_method": "SSH_PASSWORD_AUTH",
    "tunnel_host": "bastion.example.com",
    "tunnel_port": 22,
    "tunnel_user": "lake",
    "tunnel_user_password": MASKED,
}

# Id of the case -> the change, and the places that drift has to name, in their order.
MUTATIONS: dict[str, tuple[Mutate, Sequence[str]]] = {
    "schedule-manual": (sets(0, cron=None), ["connections.db_to_warehouse.schedule"]),
    "schedule-other": (sets(1, cron="0 30 7 * * ?"), ["connections.site_to_warehouse.schedule"]),
    "schedule-in-override": (sets(2, cron="0 0 3 * * ?"), ["connections.db_to_warehouse.schedule"]),
    "status": (sets(1, status="inactive"), ["connections.site_to_warehouse.status"]),
    "status-shared": (sets(0, status="inactive"), ["connections.db_to_warehouse.status"]),
    "name": (sets(1, name="Site: all of it"), ["connections.site_to_warehouse.name"]),
    "prefix": (sets(1, prefix="web_"), ["connections.site_to_warehouse.prefix"]),
    "prefix-of-defaults": (sets(0, prefix=""), ["connections.db_to_warehouse.prefix"]),
    "namespace-source": (
        sets(0, namespace_definition="source", namespace_format=None),
        ["connections.db_to_warehouse.namespace"],
    ),
    "namespace-format": (
        sets(1, namespace_definition="custom_format", namespace_format="web_${SOURCE_NAMESPACE}"),
        ["connections.site_to_warehouse.namespace"],
    ),
    "schema-changes": (
        sets(1, schema_changes="disable_connection"),
        ["connections.site_to_warehouse.schema_changes"],
    ),
    "several": (
        sets(1, cron=None, prefix="web_", status="inactive"),
        [f"connections.site_to_warehouse.{key}" for key in ("schedule", "status", "prefix")],
    ),
    "source-name": (names("source", 0, "Shop database"), ["sources.db.name"]),
    "destination-name": (names("destination", 0, "The warehouse"), ["destinations.warehouse.name"]),
    "option": (option("source", 1, "lookback_window", value=7), ["sources.site.configuration.lookback_window"]),
    "option-shared": (option("source", 0, "host", value="db2.example.com"), ["sources.db.configuration.host"]),
    "option-in-override": (
        option("destination", 1, "host", value="wh3.example.com"),
        ["destinations.warehouse.configuration.host"],
    ),
    "option-added": (
        option("source", 0, "jdbc_url_params", value="a=b&c=d"),
        ["sources.db.configuration.jdbc_url_params"],
    ),
    "option-removed": (option("source", 1, "lookback_window"), ["sources.site.configuration.lookback_window"]),
    "option-removed-shared": (
        option("source", 0, "schemas"),
        ["sources.db.configuration.schemas"],
    ),
    "option-list": (option("destination", 0, "tags", value=["b", "c"]), ["destinations.warehouse.configuration.tags"]),
    "option-nested": (
        option("destination", 0, "tuning", value={"threads": 4}),
        ["destinations.warehouse.configuration.tuning"],
    ),
    "option-branch": (
        option("source", 0, "replication_method", value=CDC),
        [f"sources.db.configuration.replication_method.{key}" for key in sorted(CDC)],
    ),
    "option-branch-with-secret": (
        option("source", 0, "tunnel_method", value=TUNNEL),
        ["sources.db.configuration.tunnel_method"],
    ),
    "allocation": (
        allocates("source", 0, {"default": {"cpu_limit": "2", "memory_limit": "1Gi"}}),
        ["sources.db.resource_allocation"],
    ),
    "allocation-added": (
        allocates("source", 1, {"default": {"memory_request": "512Mi"}}),
        ["sources.site.resource_allocation"],
    ),
    "allocation-removed": (allocates("source", 2, None), ["sources.db.resource_allocation"]),
    "modes": (
        stream(1, "visits", syncMode="full_refresh", destinationSyncMode="overwrite", cursorField=[]),
        [f"connections.site_to_warehouse.streams.visits.{key}" for key in ("sync_mode", "destination_sync_mode")],
    ),
    "modes-shared": (
        stream(0, "customers", destinationSyncMode="append_dedup", primaryKey=[["id"]]),
        [f"connections.db_to_warehouse.streams.customers.{key}" for key in ("destination_sync_mode", "primary_key")],
    ),
    "cursor": (stream(1, "visits", cursorField=["id"]), ["connections.site_to_warehouse.streams.visits.cursor_field"]),
    "cursor-shared": (
        stream(2, "customers", cursorField=["id"]),
        ["connections.db_to_warehouse.streams.customers.cursor_field"],
    ),
    "key": (
        stream(0, "orders", primaryKey=[["id"], ["updated_at"]]),
        ["connections.db_to_warehouse.streams.orders.primary_key"],
    ),
    "fields": (
        stream(0, "orders", selectedFields=fields("created_at", "email", "id", "updated_at")),
        ["connections.db_to_warehouse.streams.orders.fields"],
    ),
    "fields-chosen": (
        stream(1, "visits", selectedFields=fields("id", "updated_at")),
        ["connections.site_to_warehouse.streams.visits.fields"],
    ),
    "fields-all": (
        stream(1, "campaigns", selectedFields=ALL_FIELDS),
        ["connections.site_to_warehouse.streams.campaigns.fields"],
    ),
    "mapper-removed": (stream(0, "orders", mappers=[]), ["connections.db_to_warehouse.streams.orders.mappers"]),
    "mapper-changed": (
        stream(2, "orders", mappers=mapper("hashing", targetField="email", method="SHA-512", fieldNameSuffix="_h")),
        ["connections.db_to_warehouse.streams.orders.mappers"],
    ),
    "mapper-added": (
        stream(1, "pages", mappers=mapper("field-renaming", originalFieldName="title", newFieldName="caption")),
        ["connections.site_to_warehouse.streams.pages.mappers"],
    ),
    "stream-added": (adds(0, OFFERED[2]), ["connections.db_to_warehouse.streams.refunds"]),
    "stream-without-file": (adds(2, OFFERED[3]), ["connections.db_to_warehouse.streams.public.audit"]),
    "stream-removed": (drops(0, "customers"), ["connections.db_to_warehouse.streams.customers"]),
    "stream-removed-of-all": (drops(1, "pages"), ["connections.site_to_warehouse.streams.pages"]),
    "connection-deleted": (deletes("connection", 1), ["connections.site_to_warehouse"]),
    "connection-deleted-shared": (deletes("connection", 2), ["connections.db_to_warehouse"]),
    "source-deleted": (deletes("source", 1, 1), ["sources.site", "connections.site_to_warehouse"]),
    "source-deleted-shared": (deletes("source", 2, 2), ["sources.db", "connections.db_to_warehouse"]),
}

# Changes of values that Airbyte masks, in every place where it has them.
MASKED_CHANGES: dict[str, Mutate] = {
    "password": option("source", 0, "password", value="another"),
    "password-in-staging": option("source", 2, "password", value="another"),
    "password-of-destination": option("destination", 0, "password", value="another"),
    "password-of-destination-in-staging": option("destination", 1, "password", value="another"),
    "api-key": option("source", 1, "api_key", value="another"),
    "api-key-longer": option("source", 1, "api_key", value="another" * 50),
    "empty-password": option("source", 0, "password", value=""),
    "mask-as-value": option("source", 1, "api_key", value="**********"),
    "key-of-mapper": stream(
        1,
        "campaigns",
        mappers=mapper(
            "encryption",
            algorithm="AES",
            targetField="name",
            fieldNameSuffix="_encrypted",
            key="another",
            mode="CBC",
            padding="PKCS5Padding",
        ),
    ),
    "certificate": option("source", 2, "ssl_mode", "ca_certificate", value="another"),
}
