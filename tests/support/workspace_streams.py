"""Streams of a generated workspace: what its sources offer, and how connections have them, in every mode and mapper."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from random import Random
from typing import Any

Json = dict[str, Any]

BOTH = ["full_refresh", "incremental"]
KEYED = ("incremental_deduped_history", "full_refresh_overwrite_deduped", "incremental_update", "full_refresh_update")

# (sync mode, destination sync mode) of Airbyte's combined modes
MODES: dict[str, tuple[str, str]] = {
    "full_refresh_overwrite": ("full_refresh", "overwrite"),
    "full_refresh_overwrite_deduped": ("full_refresh", "overwrite_dedup"),
    "full_refresh_append": ("full_refresh", "append"),
    "incremental_append": ("incremental", "append"),
    "incremental_deduped_history": ("incremental", "append_dedup"),
    "full_refresh_update": ("full_refresh", "update"),
    "full_refresh_soft_delete": ("full_refresh", "soft_delete"),
    "incremental_update": ("incremental", "update"),
    "incremental_soft_delete": ("incremental", "soft_delete"),
}

# Texts that no mode stands on, so that mappers may have them.
TEXTS = ("email", "status", "note", "city")
FIELDS: Json = {
    "id": {"type": "integer"},
    "updated_at": {"type": "string", "format": "date-time"},
    "created_at": {"type": ["null", "string"], "format": "date-time"},
    **{name: {"type": ["null", "string"]} for name in TEXTS},
    "amount": {"type": ["null", "number"]},
    "address": {"type": ["null", "object"], "properties": {"zip": {"type": "string"}}},
    "tags": {"type": "array", "items": {"type": "string"}},
}

TABLES = [
    ("public", "orders"),
    ("public", "customers"),
    ("sales", "orders"),
    ("sales", "Order Lines"),
    ("public", "log"),
]
NAMES: dict[str, list[str]] = {
    "source-shopify": ["orders", "customers", "products", "metafield_orders"],
    "source-klaviyo": ["events", "profiles", "campaigns", "lists"],
    "source-faker": ["users", "products", "purchases"],
    "source-stripe": ["charges", "customers", "invoices", "refunds"],
    "source-github": ["issues", "pull_requests", "stargazers"],
    "source-hubspot": ["contacts", "companies", "deals"],
    "source-google-sheets": ["Sheet1", "Plan & Ist 2026"],
    "source-acme": ["parts", "deliveries"],
    "source-weather": ["forecasts"],
}


def offered(connector: str, random: Random) -> list[Json]:
    """A catalog: streams that define their cursor and key, streams that let people choose, and some without either."""
    if connector in NAMES:
        return [_offered(None, name, random) for name in NAMES[connector]]
    return [_offered(namespace, name, random) for namespace, name in TABLES]


def _offered(namespace: str | None, name: str, random: Random) -> Json:
    stream: Json = {
        "name": name,
        "json_schema": {"type": "object", "properties": FIELDS},
        "supported_sync_modes": BOTH,
        **({"namespace": namespace} if namespace else {}),
    }
    kind = random.choice(("defined", "defined", "keyed", "plain", "full"))
    if kind == "full":
        return {**stream, "supported_sync_modes": ["full_refresh"]}
    if kind != "plain":
        stream["source_defined_primary_key"] = [["id"]]
    if kind == "defined":
        stream |= {"source_defined_cursor": True, "default_cursor_field": ["updated_at"]}
    return stream


def modes_of(stream: Json, supported: list[str]) -> list[str]:
    """The modes in which a destination can take the stream."""
    ours = stream["supported_sync_modes"]
    return [mode for mode, (sync, destination) in MODES.items() if sync in ours and destination in supported]


def configured(stream: Json, mode: str, mappers: list[Json], random: Random) -> Json:
    """The stream in a request of the public API, in this mode, now and then with selected fields."""
    own_cursor = mode.startswith("incremental") and not stream.get("source_defined_cursor")
    own_key = mode in KEYED and "source_defined_primary_key" not in stream
    return {
        "name": stream["name"],
        "syncMode": mode,
        **({"namespace": stream["namespace"]} if "namespace" in stream else {}),
        **({"cursorField": ["updated_at"]} if own_cursor else {}),
        **({"primaryKey": [["id"]]} if own_key else {}),
        **({"selectedFields": _selected(mappers, random)} if random.random() < 0.4 else {}),
        **({"mappers": mappers} if mappers else {}),
        **({"destinationObjectName": stream["name"].title()} if mode.endswith(("update", "soft_delete")) else {}),
    }


def _selected(mappers: list[Json], random: Random) -> list[Json]:
    wanted = {"id", "updated_at", *(name for mapper in mappers for name in _fields(mapper["mapperConfiguration"]))}
    wanted |= {name for name in FIELDS if random.random() < 0.4}
    return [{"fieldPath": [name]} for name in FIELDS if name in wanted]


def _fields(settings: Json) -> Iterator[str]:
    yield from (settings[key] for key in ("targetField", "originalFieldName", "fieldName") if key in settings)
    conditions = settings.get("conditions", ())
    for condition in [conditions] if isinstance(conditions, dict) else conditions:
        yield from _fields(condition)


def mapper_kinds() -> list[Json]:
    """A mapper of every kind, each on a field of its own as far as there are fields."""
    equal = {"type": "EQUAL", "fieldName": "city", "comparisonValue": "Köln & <Bonn>"}
    hashing = [{"targetField": "email", "method": method, "fieldNameSuffix": "_hash"} for method in ("MD5", "SHA-256")]
    return [
        *({"type": "hashing", "mapperConfiguration": settings} for settings in hashing),
        {
            "type": "field-renaming",
            "mapperConfiguration": {"originalFieldName": "status", "newFieldName": "order_status"},
        },
        {"type": "field-filtering", "mapperConfiguration": {"targetField": "note"}},
        {"type": "row-filtering", "mapperConfiguration": {"conditions": equal}},
        {"type": "row-filtering", "mapperConfiguration": {"conditions": {"type": "NOT", "conditions": [equal]}}},
        {
            "type": "encryption",
            "mapperConfiguration": {
                "algorithm": "RSA",
                "publicKey": "30820122",
                "targetField": "email",
                "fieldNameSuffix": "_encrypted",
            },
        },
    ]


def aes(key: str) -> Json:
    """An encryption whose key is a secret."""
    return {
        "type": "encryption",
        "mapperConfiguration": {
            "algorithm": "AES",
            "key": key,
            "mode": "GCM",
            "padding": "NoPadding",
            "targetField": "note",
            "fieldNameSuffix": "_encrypted",
        },
    }


def key_of(name: str) -> str:
    """A key of 32 hexadecimal digits, another one for each name."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]
