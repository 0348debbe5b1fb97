"""A workspace as years of clicking leave it: made up from a seed, in the stand-in, the same in every run.

`with filled_workspace() as filled:` gives a running stand-in (`filled.server`) with every kind of schedule, mode, mapper,
namespace and masked secret; `filled.secrets` are the values that no output may hold, `filled.registry` the text of a connector
registry that has its connectors. `own=False` leaves out connectors that Airbyte does not publish, `pins=False` those that run in
another version than their definition says; `keys=False` the encryptions whose key is masked.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from tests.standin import StandIn
from tests.standin.openapi import FIXTURES
from tests.support.spec_configurations import Choose, configuration, with_secrets
from tests.support.workspace_connectors import IN_SHORT, OWN, locked, registry_text
from tests.support.workspace_streams import aes, configured, key_of, mapper_kinds, modes_of, offered

Json = dict[str, Any]

TAGS = ("finance", "gdpr", "team-a")
ALLOCATION: Json = {
    "default": {"cpu_request": "250m", "memory_limit": "1Gi"},
    "jobSpecific": [{"jobType": "sync", "resourceRequirements": {"cpu_limit": "2", "memory_limit": "4Gi"}}],
}
# What tells two databases, buckets, sheets apart.
DISTINCT = frozenset(
    {"host", "database", "replication_slot", "schema", "dataset_id", "s3_bucket_path", "spreadsheet_id"}
)

# The third is in a zone of its own, the last five are what only the user interface makes.
SCHEDULES: list[Json] = [
    {},
    {"cron": "0 0 6 * * ?"},
    {"cron": "0 30 7 ? * MON-FRI", "zone": "Europe/Berlin"},
    {"cron": "0 0,20,40 * * * ?"},
    {"cron": "0 15 10 L * ?"},
    {"cron": "0 0 0/6 * * ?"},
    {"cron": "0 5 4 ? * SUN"},
    *({"interval": interval} for interval in ((1, "hours"), (24, "hours"), (15, "minutes"), (2, "days"), (1, "weeks"))),
]
NAMESPACES: list[Json] = [
    {"namespaceDefinition": "destination"},
    {"namespaceDefinition": "source"},
    {"namespaceDefinition": "custom_format", "namespaceFormat": "raw"},
    {"namespaceDefinition": "custom_format", "namespaceFormat": "lake_${SOURCE_NAMESPACE}"},
]
NAMES = ("Shop", "Größe & Co", "crm (EU)", "2026 import", "Web → App", "data", "billing/prod", "Ops")


@dataclass
class FilledWorkspace:
    """A stand-in with a workspace in it.

    Attributes:
        connectors: name -> entry of a connector registry.
        secrets: every secret value in it.
        sources, destinations, connections: their ids, in the order of creation.
    """

    server: StandIn
    connectors: dict[str, Json]
    secrets: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    destinations: list[str] = field(default_factory=list)
    connections: list[str] = field(default_factory=list)

    @property
    def registry(self) -> str:
        """The text of a connector registry that has these connectors, as Airbyte's own has them."""
        return registry_text(self.connectors)


@contextmanager
def filled_workspace(
    seed: int = 1,
    *,
    sources: int = 30,
    connections: int = 50,
    own: bool = True,
    pins: bool = True,
    keys: bool = True,
    openapi: Path | None = FIXTURES,
) -> Iterator[FilledWorkspace]:
    """The stand-in, running, with as many sources and connections; a destination of each connector, and one without a
    connection.
    """
    connectors = {**locked(), **IN_SHORT, **(OWN if own else {})}
    with StandIn(connectors, openapi=openapi) as server:
        filled = FilledWorkspace(server, connectors)
        maker = _Maker(filled, Random(seed), keys=keys)
        maker.add_actors("destination", 1 + sum(name.startswith("destination") for name in connectors))
        maker.add_actors("source", sources)
        for number in range(connections):
            maker.add_connection(number)
        if pins:
            maker.pin()
        yield filled


class _Maker:
    """Fills a workspace, by one sequence of random numbers."""

    def __init__(self, filled: FilledWorkspace, random: Random, *, keys: bool) -> None:
        self._filled, self._server, self._random, self._keys = filled, filled.server, random, keys
        self._offered: dict[str, list[Json]] = {}
        self._tables: set[tuple[str, str, str]] = set()
        self._mappers = mapper_kinds()

    def add_actors(self, kind: str, count: int) -> None:
        """That many of a kind, of all of its connectors by turns; some have resources of their own."""
        names = sorted(name for name in self._filled.connectors if name.startswith(kind))
        for number in range(count):
            identifier = self._add_actor(kind, names[number % len(names)], number)
            (self._filled.sources if kind == "source" else self._filled.destinations).append(identifier)
            if number % 7 == 3:
                self._server.state.actors(kind)[identifier].resource_allocation = ALLOCATION

    def add_connection(self, number: int) -> None:
        """A connection of sources and destinations by turns; the last of either has none."""
        source = self._filled.sources[number % max(1, len(self._filled.sources) - 1)]
        destination = self._filled.destinations[number % (len(self._filled.destinations) - 1)]
        streams = self._streams(source, destination, number)
        placing = self._placing(streams, destination, number)
        schedule = SCHEDULES[number % len(SCHEDULES)]
        identifier = self._server.add_connection(
            source,
            destination,
            name=f"{NAMES[number % len(NAMES)]} {number}",
            status="inactive" if number % 9 == 4 else "active",
            nonBreakingSchemaUpdatesBehavior=self._schema_changes(streams, number),
            configurations={"streams": streams},
            tags=self._tags(number),
            **placing,
            **self._schedule(schedule),
        )
        self._click(identifier, schedule, number)
        self._filled.connections.append(identifier)

    def pin(self) -> None:
        """One source that somebody pinned, and one that Airbyte keeps before a breaking release."""
        pinned, held = (self._server.state.sources[identifier] for identifier in self._filled.sources[1:3])
        pinned.version = "0.1.2"
        held.version, held.support_state = "0.1.0", "deprecated"

    def _add_actor(self, kind: str, connector: str, number: int) -> str:
        spec = self._filled.connectors[connector]["spec"]["connectionSpecification"]
        random = self._random
        choose = Choose(lambda: random.random() < 0.5, lambda ways: random.randrange(len(ways)))
        plain = _distinct(configuration(spec, choose), f"{kind[0]}{number}")
        value = self._with_values(spec, plain, with_secrets(spec, plain, "x"), f"{kind}-{number}")
        # The eighth has the name of the first.
        name = f"{NAMES[number % len(NAMES)]} {kind if number < 9 else number}"
        add = self._server.add_source if kind == "source" else self._server.add_destination
        identifier = add(name, connector, value)
        if kind == "source":
            self._offered[identifier] = offered(connector, random)
            self._server.offer(identifier, self._offered[identifier])
        return identifier

    def _with_values(self, spec: Json, plain: Any, marked: Any, name: str) -> Any:
        """The configuration with a value of its own in each place of a secret."""
        if isinstance(marked, dict) and marked == {"secret": "x"}:
            self._filled.secrets.append(f"s3cr3t-{name}-{len(self._filled.secrets)}")
            return self._filled.secrets[-1]
        if isinstance(marked, dict):
            return {key: self._with_values(spec, plain[key], inner, name) for key, inner in marked.items()}
        if isinstance(marked, list):
            return [self._with_values(spec, *pair, name) for pair in zip(plain, marked, strict=True)]
        return plain

    def _streams(self, source: str, destination: str, number: int) -> list[Json]:
        definition = self._server.state.destinations[destination].definition_id
        supported = list(self._server.airbyte.connector(definition).sync_modes)
        chosen = [stream for stream in self._offered[source] if self._random.random() < 0.7]
        found = []
        for index, stream in enumerate(chosen or self._offered[source][:1]):
            modes = modes_of(stream, supported)
            mappers = self._mappers_of(number) if index == 0 else []
            found.append(configured(stream, modes[(number + index) % len(modes)], mappers, self._random))
        return found

    def _mappers_of(self, number: int) -> list[Json]:
        """None for half of the connections, else one or two kinds; now and then an encryption with a secret key."""
        if number % 2:
            return []
        if self._keys and number % 12 == 10:
            self._filled.secrets.append(key_of(f"{number}"))
            return [aes(self._filled.secrets[-1])]
        first, filtering = self._mappers[number // 2 % len(self._mappers)], self._mappers[3]
        return [first, filtering] if number % 8 == 0 and first is not filtering else [first]

    def _placing(self, streams: list[Json], destination: str, number: int) -> Json:
        """Namespace and prefix; a prefix of its own where tables of another connection would be in the same place."""
        namespace = NAMESPACES[number // 2 % len(NAMESPACES)]
        for prefix in ("", "raw_", f"c{number}_"):
            tables = {(destination, _schema(namespace, stream), prefix + stream["name"].lower()) for stream in streams}
            if not tables & self._tables and len(tables) == len(streams):
                self._tables |= tables
                return {**namespace, "prefix": prefix}
        return {**NAMESPACES[1], "prefix": f"c{number}_"}

    def _schema_changes(self, streams: list[Json], number: int) -> str:
        if any("selectedFields" in stream for stream in streams):
            return ("ignore", "disable_connection")[number % 2]
        return ("ignore", "disable_connection", "propagate_columns", "propagate_fully")[number % 4]

    def _tags(self, number: int) -> list[Json]:
        wanted = TAGS[: number % 3] if number % 5 == 0 else ()
        workspace = self._server.workspace_id
        return [
            {"tagId": f"7a600000-0000-4000-8000-00000000000{TAGS.index(tag)}", "workspaceId": workspace}
            | {"name": tag, "color": "FFFFFF"}
            for tag in wanted
        ]

    def _schedule(self, schedule: Json) -> Json:
        if "cron" not in schedule:
            return {"schedule": {"scheduleType": "manual"}}
        return {"schedule": {"scheduleType": "cron", "cronExpression": schedule["cron"]}}

    def _click(self, identifier: str, schedule: Json, number: int) -> None:
        """What only the user interface sets."""
        connection = self._server.state.connections[identifier]
        connection.interval, connection.zone = schedule.get("interval"), schedule.get("zone", "UTC")
        connection.notify, connection.notify_by_email = number % 6 == 1, number % 12 == 1
        connection.backfill = number % 11 == 2
        connection.resources = {"cpu_limit": "1"} if number % 13 == 5 else {}


def _distinct(value: Any, suffix: str) -> Any:
    """The configuration with names of its own for what must not be shared."""
    if not isinstance(value, dict):
        return value
    return {
        key: f"{suffix}.{inner}"
        if key == "host"
        else f"{inner}_{suffix}"
        if key in DISTINCT and isinstance(inner, str)
        else _distinct(inner, suffix)
        for key, inner in value.items()
    }


def _schema(namespace: Json, stream: Json) -> str:
    """Where the stream's table would be; "" for the destination's own place."""
    own = str(stream.get("namespace", ""))
    if namespace["namespaceDefinition"] == "source":
        return own
    return str(namespace.get("namespaceFormat", "")).replace("${SOURCE_NAMESPACE}", own)
