"""Edits of sources that read their database's log, and of sources that ask its tables."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tests.support.review_lake import EVENTS, FIELDS, LAKE, ORDERS, SHOP, Edit, lock, offered
from tests.support.review_texts import CONNECTION, SCHEDULE, SOURCE, STAGING, retired

_TEXT = {"type": "string"}
_RECOVERY = {"type": "string", "enum": ["Fail sync", "Re-sync data"], "default": "Fail sync"}


def _method(word: str, **options: object) -> Mapping[str, object]:
    """A branch of `replication_method`."""
    return {"required": ["method"], "properties": {"method": {"type": "string", "const": word}, **options}}


def _spec(*methods: Mapping[str, object], **options: object) -> Mapping[str, object]:
    """The spec of a database, as Airbyte's connectors have them."""
    method = {"replication_method": {"type": "object", "oneOf": list(methods)}} if methods else {}
    password = {"type": "string", "airbyte_secret": True}
    return {"type": "object", "properties": {"password": password, **method, **options}}


_TUNNEL = {
    "type": "object",
    "properties": {
        "tunnel_method": _TEXT,
        "tunnel_host": _TEXT,
        "tunnel_port": {"type": "integer"},
        "tunnel_user": _TEXT,
    },
}
_SERVER = {"host": _TEXT, "port": {"type": "integer"}, "database": _TEXT, "tunnel_method": _TUNNEL}
_LOCKS: Edit = {
    f"dag/connectors/{name}.json": lock(name, f"aaaaaaaa-0000-4000-8000-0000000001{number:02}", spec)
    for number, (name, spec) in enumerate(
        {
            "source-postgres": _spec(
                _method(
                    "CDC", replication_slot=_TEXT, publication=_TEXT, invalid_cdc_cursor_position_behavior=_RECOVERY
                ),
                _method("Standard"),
                **_SERVER,
            ),
            "source-mysql": _spec(
                _method("CDC", invalid_cdc_cursor_position_behavior=_RECOVERY), _method("STANDARD"), **_SERVER
            ),
            "source-mssql": _spec(
                _method("CDC", invalid_cdc_cursor_position_behavior=_RECOVERY), _method("STANDARD"), **_SERVER
            ),
            "source-mongodb-v2": _spec(
                database_config={
                    "type": "object",
                    "properties": {"connection_string": _TEXT, "databases": {"type": "array", "items": _TEXT}},
                },
                invalid_cdc_cursor_position_behavior=_RECOVERY,
            ),
        }.items()
    )
}
CDC = "{method: CDC, replication_slot: airbyte_slot, publication: airbyte_publication}"
STANDARD = "{method: Standard}"
MARKED = {**FIELDS, "_ab_cdc_lsn": {"type": "number"}, "_ab_cdc_deleted_at": {"type": "string"}}


def _offered_by_log(name: str) -> str:
    """A discovered stream whose cursor and key are those of the log."""
    found = json.loads(offered(name, MARKED))
    more = {
        "source_defined_cursor": True,
        "default_cursor_field": ["_ab_cdc_lsn"],
        "source_defined_primary_key": [["id"]],
    }
    return json.dumps({**found, **more}) + "\n"


_INCREMENTAL = '{"sync_mode": "incremental", "destination_sync_mode": "append_dedup"}\n'
_WITH_MARKER = _INCREMENTAL.replace("}", ', "fields": ["id", "email", "_ab_cdc_lsn", "_ab_cdc_deleted_at"]}')
_BY_LOG: Edit = {
    ORDERS: _INCREMENTAL,
    EVENTS: _INCREMENTAL,
    **{f"dag/sources/shop/{name}.json": _offered_by_log(name) for name in ("customers", "events", "orders", "refunds")},
}
_BY_CURSOR = '{"sync_mode": "incremental", "destination_sync_mode": "append_dedup", "cursor_field": ["updated_at"], "primary_key": [["id"]]}\n'
_BY_TABLES: Edit = {
    ORDERS: _BY_CURSOR,
    EVENTS: _BY_CURSOR,
    **{f"dag/sources/shop/{name}.json": offered(name) for name in ("customers", "events", "orders", "refunds")},
}


def source(connector: str, options: str) -> tuple[str, str]:
    """The source of the lake, as another one."""
    text = f"sources:\n  shop:\n    connector: {connector}\n    configuration:\n      password: {{secret: shop_password}}\n"
    return (SOURCE, f"{text}      {options}\n")


def _postgres(method: str = CDC) -> tuple[str, str]:
    server = "host: db.example.com\n      port: 5432\n      database: shop"
    return source("source-postgres", f"{server}\n      replication_method: {method}")


POSTGRES: Edit = {**_LOCKS, **_BY_LOG, SHOP: [_postgres()]}
_PAUSED: Edit = {**POSTGRES, SHOP: [_postgres(), (SCHEDULE, f"{SCHEDULE}\n    status: inactive")]}
_AGAIN = CDC.replace("}", ", invalid_cdc_cursor_position_behavior: Re-sync data}")
_TABLES: Edit = {**_LOCKS, **_BY_TABLES, SHOP: [_postgres(STANDARD)]}
_MYSQL = source(
    "source-mysql",
    "host: db.example.com\n      port: 3306\n      database: shop\n      replication_method: {method: CDC}",
)
_MONGO = source(
    "source-mongodb-v2",
    'database_config: {connection_string: "mongodb://a.example.com,b.example.com/?readPreference=primary", databases: [shop]}',
)
_BY_VARIABLE: Edit = {
    **POSTGRES,
    SHOP: [
        _postgres(CDC.replace("airbyte_slot", "{var: slot}")),
        ("host: db.example.com\n      port", "host: {var: shop_host}\n      port"),
    ],
    LAKE: [
        (
            "    page_size: {default: 100}\n",
            "    slot: {description: given outside}\n    shop_host: {default: db.example.com}\n",
        )
    ],
}
_TWO_STACKS: Edit = {
    **_BY_VARIABLE,
    SHOP: [
        _postgres(),
        ("host: db.example.com\n      port", "host: {var: shop_host}\n      port"),
        ("    connector: source-postgres\n", "    connector: source-postgres\n    stack: [airbyte, staging]\n"),
        ("    source: shop\n", "    stack: [airbyte, staging]\n    source: shop\n"),
        (
            "    connector: destination-warehouse\n",
            (
                "    connector: destination-warehouse\n    stack: [airbyte, staging]\n"
                "    overrides: {staging: {configuration: {host: staging.example.com}}}\n"
            ),
        ),
    ],
    LAKE: [("  variables:\n", STAGING)],
}
_SECOND_SLOT = """\
sources:
  branch:
    connector: source-postgres
    streams_from: shop
    configuration:
      password: {secret: branch_password}
      host: db.example.com
      port: 5432
      database: branch
      replication_method: {method: CDC, replication_slot: o'slot, publication: airbyte_publication}
connections:
  branch_to_warehouse: {source: branch, destination: warehouse, schedule: manual, namespace: {format: branch}}
"""

# What the base has, and what is edited.
_CASES: dict[str, tuple[Edit, Edit]] = {
    "the-slot-of-a-source-changes": (POSTGRES, {SHOP: [("airbyte_slot", "lake_slot")]}),
    "the-slot-of-a-source-that-reads-again-changes": (
        {**POSTGRES, SHOP: [_postgres(_AGAIN)]},
        {SHOP: [("airbyte_slot", "lake_slot")]},
    ),
    "the-publication-of-a-source-changes": (POSTGRES, {SHOP: [("airbyte_publication", "lake_publication")]}),
    "a-source-gets-another-slot-on-another-server": (
        POSTGRES,
        {SHOP: [("host: db.example.com\n", "host: db2.example.com\n"), ("replication_slot: airbyte_slot", "replication_slot: other_slot")]},
    ),
    "a-source-that-reads-a-slot-gets-a-tunnel": (
        POSTGRES,
        {
            SHOP: [
                (
                    "host: db.example.com\n",
                    "host: db.example.com\n      tunnel_method: {tunnel_method: SSH_KEY_AUTH, tunnel_host: bastion.example.com, tunnel_port: 22, tunnel_user: reader}\n",
                )
            ]
        },
    ),
    "a-source-that-reads-a-slot-moves-to-another-server": (
        POSTGRES,
        {SHOP: [("host: db.example.com\n      port: 5432", "host: db2.example.com\n      port: 5433")]},
    ),
    "the-server-of-a-source-is-written-in-capitals": (POSTGRES, {SHOP: [("host: db.example.com\n", "host: DB.example.com\n")]}),
    "a-source-that-reads-a-slot-moves-to-another-database": (POSTGRES, {SHOP: [("database: shop", "database: store")]}),
    "a-source-that-reads-a-slot-moves-to-another-server-and-database": (
        POSTGRES,
        {SHOP: [("host: db.example.com\n", "host: db2.example.com\n"), ("database: shop", "database: store")]},
    ),
    "a-source-that-reads-a-slot-moves-by-a-variable": (
        _BY_VARIABLE,
        {LAKE: [("db.example.com", "db2.example.com")]},
    ),
    "a-source-that-reads-a-slot-moves-by-a-secret": (
        {**POSTGRES, SHOP: [_postgres(), ("host: db.example.com\n      port", "host: {secret: shop_host}\n      port")]},
        {SHOP: [("shop_host", "shop_replica")]},
    ),
    "a-source-that-reads-a-slot-is-replaced-and-moves": (
        POSTGRES,
        {
            LAKE: [("11111111-2222-3333-4444-555555555555", "22222222-2222-3333-4444-555555555555")],
            SHOP: [("host: db.example.com\n", "host: db2.example.com\n")],
        },
    ),
    "a-source-that-reads-a-slot-moves-and-is-read-again": (
        POSTGRES,
        {
            SHOP: [("host: db.example.com\n", "host: db2.example.com\n")],
            ORDERS: [("{", '{"backfill": "2026-01", ')],
        },
    ),
    "a-source-asks-tables-instead-of-the-log": (POSTGRES, {SHOP: [(CDC, STANDARD)], **_BY_TABLES}),
    "a-source-reads-the-log-instead-of-tables": (_TABLES, {SHOP: [(STANDARD, CDC)], **_BY_LOG}),
    "what-a-lost-position-does-changes": (POSTGRES, {SHOP: [(CDC, _AGAIN)]}),
    "a-mysql-source-moves-to-another-server": (
        {**_LOCKS, **_BY_LOG, SHOP: [_MYSQL]},
        {SHOP: [("host: db.example.com\n", "host: db2.example.com\n")]},
    ),
    "a-mysql-source-moves-to-another-database": (
        {**_LOCKS, **_BY_LOG, SHOP: [_MYSQL]},
        {SHOP: [("database: shop", "database: store")]},
    ),
    "a-sql-server-source-moves-to-another-server": (
        {**_LOCKS, **_BY_LOG, SHOP: [(_MYSQL[0], _MYSQL[1].replace("source-mysql", "source-mssql"))]},
        {SHOP: [("host: db.example.com\n", "host: db2.example.com\n")]},
    ),
    "a-mongodb-source-is-reached-in-another-way": (
        {**_LOCKS, **_BY_LOG, SHOP: [_MONGO]},
        {SHOP: [("a.example.com,b.example.com/?readPreference=primary", "b.example.com,a.example.com/")]},
    ),
    "a-mongodb-source-moves-to-another-cluster": (
        {**_LOCKS, **_BY_LOG, SHOP: [_MONGO]},
        {SHOP: [("a.example.com,b.example.com", "c.example.com"), ("[shop]", "[shop, store]")]},
    ),
    "a-source-with-cursors-moves-to-another-database": (
        _TABLES,
        {SHOP: [("host: db.example.com\n", "host: db2.example.com\n"), ("database: shop", "database: store")]},
    ),
    "a-source-that-is-read-in-full-moves-to-another-database": (
        {**_TABLES, ORDERS: '{"sync_mode": "full_refresh"}\n', EVENTS: '{"sync_mode": "full_refresh"}\n'},
        {SHOP: [("database: shop", "database: store")]},
    ),
    "the-marker-of-deletions-goes": (
        {**POSTGRES, ORDERS: _WITH_MARKER},
        {ORDERS: [(', "_ab_cdc_deleted_at"', ""), ('"email", ', "")]},
    ),
    "the-marker-of-deletions-comes": (
        {**POSTGRES, ORDERS: _WITH_MARKER.replace(', "_ab_cdc_deleted_at"', "")},
        {ORDERS: [('"_ab_cdc_lsn"', '"_ab_cdc_lsn", "_ab_cdc_deleted_at"')]},
    ),
    "the-marker-of-deletions-goes-where-all-is-read": (
        {**POSTGRES, ORDERS: _WITH_MARKER.replace("incremental", "full_refresh").replace("append_dedup", "overwrite")},
        {ORDERS: [(', "_ab_cdc_deleted_at"', "")]},
    ),
    "a-connection-that-reads-a-slot-is-paused": (
        POSTGRES,
        {SHOP: [(SCHEDULE, f"{SCHEDULE}\n    status: inactive")]},
    ),
    "a-connection-that-reads-a-slot-is-resumed": (_PAUSED, {SHOP: [("    status: inactive\n", "")]}),
    "a-connection-that-reads-a-slot-of-a-variable-is-paused": (
        _BY_VARIABLE,
        {SHOP: [(SCHEDULE, f"{SCHEDULE}\n    status: inactive")]},
    ),
    "a-connection-that-reads-a-slot-is-paused-in-one-of-two-stacks": (
        _TWO_STACKS,
        {SHOP: [(SCHEDULE, f"{SCHEDULE}\n    overrides: {{staging: {{status: inactive}}}}")]},
    ),
    "a-connection-that-reads-a-binlog-is-paused": (
        {**_LOCKS, **_BY_LOG, SHOP: [_MYSQL]},
        {SHOP: [(SCHEDULE, f"{SCHEDULE}\n    status: inactive")]},
    ),
    "a-connection-that-reads-a-slot-is-retired": (
        {**POSTGRES, "dag/registry/branch.yaml": _SECOND_SLOT},
        {"dag/registry/branch.yaml": retired("connections.branch_to_warehouse", "sources.branch")},
    ),
    "a-connection-that-reads-a-database-in-full-is-paused": (
        {**POSTGRES, ORDERS: '{"sync_mode": "full_refresh"}\n', EVENTS: '{"sync_mode": "full_refresh"}\n'},
        {SHOP: [(SCHEDULE, f"{SCHEDULE}\n    status: inactive")]},
    ),
    "a-connection-that-reads-a-slot-is-given-away": (
        POSTGRES,
        {SHOP: [(CONNECTION, retired("connections.shop_to_warehouse", more=", keep: true"))]},
    ),
    "a-connection-that-reads-a-slot-is-given-away-for-another": (
        POSTGRES,
        {SHOP: [(CONNECTION, CONNECTION.replace("shop_to_", "shop_into_") + retired("connections.shop_to_warehouse", more=", keep: true"))]},
    ),
    "a-paused-connection-that-read-a-slot-is-retired": (
        _PAUSED,
        {SHOP: [(CONNECTION.replace(SCHEDULE, f"{SCHEDULE}\n    status: inactive"), retired("connections.shop_to_warehouse"))]},
    ),
}  # fmt: skip
REPLICATION_BASES = {name: base for name, (base, _) in _CASES.items()}
REPLICATION_EDITS = {name: edit for name, (_, edit) in _CASES.items()}
