"""Generated lakes: valid, realistic in shape, the same bytes for the same `Shape`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from infra.lake.connectors.lock import lock_path
from infra.lake.documents import render_json
from infra.lake.model.catalogs import generated_catalogs
from infra.lake.rules.check import check_lake
from tests.bench.processes import PROJECT

Json = dict[str, Any]


SERVER = "https://airbyte.example.com/api/public/v1"


@dataclass(frozen=True)
class Shape:
    """How large a lake is: every source has `streams` stream files of its own and is synced to every destination.

    Attributes:
        streams: stream files of a source.
        fields: fields that a stream file selects, with their types.
        unselected: fields that the source offers besides.

    """

    sources: int
    destinations: int
    streams: int
    fields: int = 20
    unselected: int = 5

    @property
    def connections(self) -> int:
        return self.sources * self.destinations

    def __str__(self) -> str:
        files = f"{self.sources * self.streams:,} stream files"
        return f"{self.sources:,} sources, {self.connections:,} connections, {files} x {self.fields} fields"


def write_lake(root: Path, shape: Shape) -> None:
    """A lake below `root` in which `check` finds no problem but that plans of a large one are slow, and every catalog is
    current.
    """
    for file, text in _files(shape):
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    checked = check_lake(root, catalogs=False)
    assert checked.model is not None
    assert all(problem.rule == "plan-slow" for problem in checked.report.problems), checked.report.to_text()
    generated_catalogs(checked.model).write()


def _files(shape: Shape) -> Iterator[tuple[str, str]]:
    yield "cdktf.json", render_json({"language": "python", "app": "python -m stacks", "output": "cdktf.out"})
    for connector in ("destination-s3", *_CONFIGURATIONS):
        yield lock_path(connector), (PROJECT / lock_path(connector)).read_text("utf-8")
    yield "dag/registry/lake.yaml", _yaml(_lake(shape))
    for index in range(shape.sources):
        connector = list(_CONFIGURATIONS)[index % len(_CONFIGURATIONS)]
        source = f"{connector.removeprefix('source-')}_{index:03}"
        yield f"dag/registry/{source}.yaml", _yaml(_source(source, connector, shape))
        for number in range(shape.streams):
            stream = _stream_name(number)
            fields = _fields(stream, shape.fields + shape.unselected)
            yield f"dag/sources/{source}/{stream}.json", render_json(_discovered(stream, fields))
            chosen = dict(list(fields.items())[: shape.fields])
            yield f"dag/streams/{source}/{stream}.json", render_json(_stream_file(chosen))


def with_variable(registry: str) -> str:
    """The registry with the server's address from a variable."""
    described = registry.replace(
        "workspace_id: {description", "server_url: {description: Airbyte}\n    workspace_id: {description"
    )
    return described.replace(SERVER, "{var: server_url}")


def _yaml(value: Json) -> str:
    return str(yaml.safe_dump(value, sort_keys=False, default_flow_style=None, width=120))


def _lake(shape: Shape) -> Json:
    prod = {
        "server_url": SERVER,
        "workspace_id": {"var": "workspace_id"},
        "auth": {"client_id": {"secret": "airbyte_client_id"}, "client_secret": {"secret": "airbyte_client_secret"}},
        "backend": {"kubernetes": {"namespace": "bench", "secret_suffix": "bench"}},
    }
    variables = {"workspace_id": {"description": "Airbyte workspace"}}
    return {
        "version": 1,
        "lake": {"name": "bench", "stacks": {"prod": prod}, "variables": variables},
        "destinations": {id_: _destination(id_) for id_ in _destinations(shape)},
    }


def _destinations(shape: Shape) -> list[str]:
    return [f"lake_{number}" for number in range(shape.destinations)]


def _destination(destination: str) -> Json:
    configuration = {
        "s3_bucket_name": destination.replace("_", "-"),
        "s3_bucket_region": "eu-central-1",
        "s3_bucket_path": "raw",
        "s3_path_format": "${NAMESPACE}/${STREAM_NAME}/year=${YEAR}/month=${MONTH}/day=${DAY}/",
        "access_key_id": {"secret": f"{destination}_access_key_id"},
        "secret_access_key": {"secret": f"{destination}_secret_access_key"},
        "format": {"format_type": "Parquet", "compression_codec": "ZSTD"},
    }
    return {"connector": "destination-s3", "owner": "data-platform", "protect": True, "configuration": configuration}


def _source(source: str, connector: str, shape: Shape) -> Json:
    number = int(source.rpartition("_")[2])
    connection = {
        "source": source,
        "schedule": {"cron": f"0 {number % 60} * * * ?"},
        "namespace": {"format": source},
        "owner": "commerce",
    }
    return {
        "sources": {source: {"connector": connector, "configuration": _CONFIGURATIONS[connector](source)}},
        "connections": {
            f"{source}_to_{destination}": {**connection, "destination": destination}
            for destination in _destinations(shape)
        },
    }


# Connector -> configuration of a source, as in the example lake, each source with secrets of its own.
_CONFIGURATIONS: dict[str, Callable[[str], Json]] = {
    "source-shopify": lambda source: {
        "shop": {"secret": f"{source}_store"},
        "start_date": "2026-01-01",
        "credentials": {"auth_method": "api_password", "api_password": {"secret": f"{source}_api_password"}},
    },
    "source-postgres": lambda source: {
        "host": f"{source}.example.com",
        "port": 5432,
        "database": "shop",
        "schemas": ["public", "audit"],
        "username": "airbyte",
        "password": {"secret": f"{source}_password"},
        "ssl_mode": {"mode": "require"},
        "replication_method": {"method": "Standard"},
        "tunnel_method": {"tunnel_method": "NO_TUNNEL"},
    },
    "source-klaviyo": lambda source: {
        "api_key": {"secret": f"{source}_api_key"},
        "start_date": "2026-01-01T00:00:00Z",
    },
    "source-faker": lambda _: {"count": 1000, "seed": 7},
}

_NOUNS = (
    *("orders", "customers", "products", "invoices", "payments"),
    *("shipments", "refunds", "sessions", "campaigns", "messages"),
)
_COMMON: Json = {
    "id": {"type": "integer"},
    "created_at": {"format": "date-time", "type": ["null", "string"]},
    "updated_at": {"format": "date-time", "type": "string"},
}
_TYPES: tuple[Json, ...] = (
    {"type": ["null", "string"]},
    {"type": ["null", "number"]},
    {"type": ["null", "integer"]},
    {"type": ["null", "boolean"]},
    {"format": "date", "type": ["null", "string"]},
    {"properties": {"id": {"type": "integer"}, "name": {"type": ["null", "string"]}}, "type": ["null", "object"]},
    {"items": {"type": ["null", "string"]}, "type": ["null", "array"]},
)


def _stream_name(number: int) -> str:
    noun = _NOUNS[number % len(_NOUNS)]
    return noun if number < len(_NOUNS) else f"{noun}_{number // len(_NOUNS)}"


def _fields(stream: str, count: int) -> Json:
    """`count` fields: a key, two times, then fields that are named after the stream."""
    own = {f"{stream}_attribute_{number}": _TYPES[number % len(_TYPES)] for number in range(count - len(_COMMON))}
    return {**_COMMON, **own}


def _discovered(stream: str, fields: Json) -> Json:
    return {
        "name": stream,
        "json_schema": {"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "properties": fields},
        "supported_sync_modes": ["full_refresh", "incremental"],
        "source_defined_cursor": False,
        "default_cursor_field": ["updated_at"],
        "is_resumable": True,
    }


def _stream_file(fields: Json) -> Json:
    return {
        "sync_mode": "incremental",
        "cursor_field": ["updated_at"],
        "primary_key": [["id"]],
        "fields": fields,
    }
