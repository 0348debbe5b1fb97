"""Stand-in servers that offer what a lake expects of its sources."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.lake.registry.entry import actor_name, streams_folder
from infra.lake.rules.check import check_lake
from tests.standin import StandIn

Json = dict[str, Any]


def serve(lake: Path, **options: Any) -> StandIn:
    """A server, not yet started, that knows the lake's connectors and whose sources offer the lake's streams."""
    locks = {
        path.stem: json.loads(path.read_text("utf-8")) for path in sorted((lake / "dag/connectors").glob("*.json"))
    }
    server = StandIn(locks, **options)
    offer(lake, server)
    return server


def offer(lake: Path, server: StandIn) -> None:
    """Let the sources of a server offer what the lake says that they do."""
    for name, streams in offers(lake).items():
        server.offer(name, streams)


def offers(lake: Path) -> Mapping[str, list[Json]]:
    """Name of a source in Airbyte -> its streams: as discovered, else as the stream files declare them."""
    model = check_lake(lake, catalogs=False).model
    assert model is not None
    found: dict[str, list[Json]] = {}
    for stack in model.stacks.values():
        for source in stack.sources.values():
            if source.settings.managed:
                found[actor_name(source)] = _streams(lake, streams_folder(source))
    return found


def _streams(lake: Path, source: str) -> list[Json]:
    return _read(lake / "dag/sources" / source) or [_declared(file) for file in _read(lake / "dag/streams" / source)]


def _read(folder: Path) -> list[Json]:
    files = [path for path in sorted(folder.glob("*.json")) if not path.name.startswith("_")]
    return [{"name": path.stem, **json.loads(path.read_text("utf-8"))} for path in files]


def _declared(file: Json) -> Json:
    """A discovered stream that has what a stream file names."""
    fields = file.get("fields", {})
    schemas = {name: {"type": "string"} for name in fields} if isinstance(fields, list) else fields
    stream = {
        "name": file.get("stream", file["name"]),
        "json_schema": {"type": "object", "properties": schemas},
        "supported_sync_modes": ["full_refresh", "incremental"],
    }
    return {**stream, "namespace": file["namespace"]} if "namespace" in file else stream


def rediscover(server: StandIn, source_id: str) -> None:
    """Airbyte looks again at what a source offers, as `GET /streams?ignoreCache=true` lets it."""
    source = server.state.sources[source_id]
    connector = server.airbyte.connector(source.definition_id)
    server.airbyte.discovery.find(source, connector, server.clock.seconds, fresh=True)
