"""Workspaces as tests find them, made of few words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.airbyte.server import RemoteConnection
from infra.airbyte.server.remote_settings import RemoteSettings, RemoteStream
from infra.base.json_value import Json
from infra.lake.catalog.discovered import DiscoveredStream
from infra.move.found import FoundActor, FoundConnection, FoundWorkspace, Untold

SHOP = "a0000000-0000-4000-8000-000000000001"
LAKE = "b0000000-0000-4000-8000-000000000001"
SHOP_TO_LAKE = "c0000000-0000-4000-8000-000000000001"

KLAVIYO = "95e8cffd-b8c4-4039-968e-d32fb4a69bde"
S3 = "4816b78f-1489-44c1-9060-4b19d5fa9362"


def uuid(kind: str, number: int) -> str:
    return f"{kind}0000000-0000-4000-8000-{number:012}"


def source(id_: str = SHOP, name: str = "Shop", configuration: Json | None = None, **further: Any) -> FoundActor:
    options = {"api_key": "**********", "start_date": "2026-01-01T00:00:00Z"}
    given = {"connector": "source-klaviyo", "definition_id": KLAVIYO, "configuration": configuration or options}
    return FoundActor(id_, id_, "source", name, **{**given, **further})


def destination(id_: str = LAKE, name: str = "Lake", **further: Any) -> FoundActor:
    options: Json = {
        "s3_bucket_name": "lake",
        "s3_bucket_path": "raw",
        "s3_bucket_region": "eu-central-1",
        "format": {"format_type": "Parquet"},
        "access_key_id": "**********",
        "secret_access_key": "**********",
    }
    given = {"connector": "destination-s3", "definition_id": S3, "configuration": options}
    return FoundActor(id_, id_, "destination", name, **{**given, **further})


def stream(name: str = "orders", mode: str = "incremental_append", **further: Any) -> RemoteStream:
    given: dict[str, Any] = {
        "namespace": None,
        "cursor": ("updated_at",) if mode.startswith("incremental") else (),
        "key": (("id",),),
        "fields": (),
        "mappers": (),
        "include_files": False,
        "destination_object_name": None,
    }
    return RemoteStream(name, mode=mode, **{**given, **further})


def connection(
    *streams: RemoteStream,
    id_: str = SHOP_TO_LAKE,
    name: str = "Shop → Lake",
    ends: tuple[str, str] = (SHOP, LAKE),
    schedule: str = "manual",
    status: str = "active",
    address: str | None = None,
    **settings: Any,
) -> FoundConnection:
    given: dict[str, Any] = {
        "namespace": "destination",
        "namespace_format": "",
        "prefix": "",
        "schema_changes": "ignore",
        "streams": streams or (stream(),),
    }
    cron = schedule if schedule[:1].isdigit() else None
    found = RemoteSettings(**{**given, **settings})
    return FoundConnection(id_, id_, RemoteConnection(id_, name, *ends, status, cron, schedule, found), address)


def offered(name: str = "orders", *fields: str, **further: Any) -> DiscoveredStream:
    names = fields or ("id", "name", "updated_at")
    given: dict[str, Any] = {
        "json_schema": {"type": "object", "properties": {one: _schema(one) for one in names}},
        "supported_sync_modes": ("full_refresh", "incremental"),
        "default_cursor_field": ("updated_at",),
        "source_defined_primary_key": (("id",),),
    }
    return DiscoveredStream(name=name, **{**given, **further})


def _schema(name: str) -> Json:
    dated = name.endswith("_at")
    return {"type": ["null", "string"], **({"format": "date-time"} if dated else {})}


def workspace(
    *objects: FoundActor | FoundConnection,
    catalogs: Mapping[str, tuple[DiscoveredStream, ...]] | None = None,
    stack: str = "airbyte",
    untold: tuple[Untold, ...] = (),
) -> FoundWorkspace:
    actors = sorted(
        (one for one in objects if isinstance(one, FoundActor)), key=lambda one: (one.kind, one.name, one.key)
    )
    connections = sorted(
        (one for one in objects if isinstance(one, FoundConnection)), key=lambda one: (one.remote.name, one.key)
    )
    there = {SHOP: (offered(),)} if catalogs is None else catalogs
    return FoundWorkspace(f"the server of the stack {stack}", None, tuple(actors), tuple(connections), there, untold)
