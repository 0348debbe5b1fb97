"""What sources offer, and what the server knows of it: not the same until it looks again."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.standin.call import Answer, Call, Json
from tests.standin.catalogs import Catalog, default_config, field_paths, read_catalog, valid_modes, write_catalog
from tests.standin.connectors import Connector
from tests.standin.errors import RefusedError
from tests.standin.state import NAMESPACE, Actor

if TYPE_CHECKING:
    from tests.standin.airbyte import Airbyte


@dataclass(frozen=True)
class Discovered:
    """A catalog that the server has stored."""

    id: str
    streams: list[Json]
    updated_at: int


class Discovery:
    """`offered` is what a source would report now, by its id, its name or its connector's name."""

    def __init__(self, catalogs: Mapping[str, Catalog]) -> None:
        self.offered = {name: read_catalog(catalog) for name, catalog in catalogs.items()}
        self.failures: dict[str, str] = {}
        self._stored: dict[tuple[str, str], Discovered] = {}
        self._newest: dict[str, Discovered] = {}
        self.runs = 0

    def offer(self, name: str, catalog: Catalog) -> None:
        """From now on the source reports this; the server does not know it before it discovers again."""
        self.offered[name] = read_catalog(catalog)

    def known(self, source: Actor) -> Discovered | None:
        return self._newest.get(source.id)

    def find(self, source: Actor, connector: Connector, now: int, *, fresh: bool = False) -> Discovered:
        """The stored catalog of this configuration, else a new one. Raises RefusedError where the connector fails."""
        # Airbyte: SchedulerHandler.discoverSchemaForSourceFromSourceId stores by source, version and configuration.
        digest = hashlib.sha256(json.dumps(source.configuration, sort_keys=True).encode()).hexdigest()
        if fresh or (source.id, digest) not in self._stored:
            failure = self.failures.get(source.id) or self.failures.get(source.name)
            if failure is not None:
                raise RefusedError(500, "unexpected-problem", f"Something went wrong in the connector. {failure}")
            self.runs += 1
            names = [name for name in (source.id, source.name, connector.name) if name in self.offered]
            streams = self.offered[names[0]] if names else []
            found = Discovered(str(uuid.uuid5(NAMESPACE, f"catalog-{self.runs}")), streams, now)
            self._stored[source.id, digest] = self._newest[source.id] = found
        return self._stored[source.id, digest]


def get_streams(airbyte: Airbyte, call: Call) -> Answer:
    """GET /streams. A bare array; its key `streamnamespace` is all lower case."""
    identifier = call.query.get("sourceId", [""])[-1]
    source = airbyte.actor("source", identifier, "reader")
    destination = None
    if "destinationId" in call.query:
        actor = airbyte.actor("destination", call.query["destinationId"][-1], "reader")
        destination = airbyte.connector(actor.definition_id)
    found = airbyte.discovery.find(
        source, airbyte.connector(source.definition_id), airbyte.clock.seconds, fresh=call.flag("ignoreCache")
    )
    return 200, [_properties(stream, destination) for stream in found.streams]


def _properties(stream: Json, destination: Connector | None) -> Json:
    properties = {
        "streamName": stream["name"],
        "defaultCursorField": stream["defaultCursorField"],
        "sourceDefinedCursorField": bool(stream.get("sourceDefinedCursor")),
        "sourceDefinedPrimaryKey": stream["sourceDefinedPrimaryKey"],
        "propertyFields": list(field_paths(stream["jsonSchema"])),
    }
    if "namespace" in stream:
        properties["streamnamespace"] = stream["namespace"]
    if destination is not None:
        # Airbyte: StreamsController leaves this mode out, although a connection may have it.
        modes = valid_modes(stream, destination)
        properties["syncModes"] = [mode for mode in modes if mode != "full_refresh_overwrite_deduped"]
    return properties


def discover_schema(airbyte: Airbyte, call: Call) -> Answer:
    """POST /v1/sources/discover_schema. A discovery that fails is a 200 without a catalog."""
    source = airbyte.actor("source", call.required("sourceId"), "reader")
    connector = airbyte.connector(source.definition_id)
    job = synchronous_job(airbyte, "discover_schema", source)
    try:
        fresh = bool(call.fields().get("disable_cache"))
        found = airbyte.discovery.find(source, connector, airbyte.clock.seconds, fresh=fresh)
    except RefusedError as problem:
        return 200, {"jobInfo": failed(airbyte, job, problem.message)}
    streams = [{"stream": stream, "config": default_config(stream)} for stream in found.streams]
    return 200, {"catalog": {"streams": streams}, "catalogId": found.id, "jobInfo": job}


def most_recent_catalog(airbyte: Airbyte, call: Call) -> Answer:
    """POST /v1/sources/most_recent_source_actor_catalog: what is stored, in the protocol's form; `{}` where nothing is."""
    source = airbyte.actor("source", call.required("sourceId"), "reader")
    # See Airbyte: SourceHandler.getMostRecentSourceActorCatalogWithUpdatedAt
    found = airbyte.discovery.known(source)
    if found is None:
        return 200, {}
    return 200, {"updatedAt": found.updated_at, "catalog": write_catalog(found.streams)}


def synchronous_job(airbyte: Airbyte, kind: str, actor: Actor) -> Json:
    """OpenAPI: SynchronousJobRead"""
    now = airbyte.clock.seconds
    identifier = airbyte.state.new_id("synchronous-job")
    return {
        "id": identifier,
        "configType": kind,
        "configId": actor.definition_id,
        "createdAt": now,
        "endedAt": now,
        "succeeded": True,
        "connectorConfigurationUpdated": False,
    }


def failed(airbyte: Airbyte, job: Json, message: str) -> Json:
    reason = {
        "failureOrigin": "source",
        "failureType": "config_error",
        "externalMessage": message,
        "timestamp": airbyte.clock.seconds,
    }
    return {**job, "succeeded": False, "failureReason": reason}
