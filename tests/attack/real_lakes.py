"""Lakes made up from a seed, of connectors that there are: several stacks, with defaults and overrides, valid as they stand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Any

from infra.lake.connectors.definitions import definitions_in, locked
from infra.lake.connectors.lock import ConnectorLock, read_locks
from tests.support.generated_lakes import flow
from tests.support.lakes import REPOSITORY
from tests.support.spec_configurations import at_random, configuration, with_secrets

Json = dict[str, Any]

FIXTURE = REPOSITORY.parent / "shared/fixtures/connector_registry.json"
STACKS = ("production", "staging", "eu", "us_east", "t")
SCHEDULES = ({"cron": "0 15 3 1 * ?"}, {"every": "6h"}, {"every": "1h", "at": "00:17"}, "manual")
# What `full_refresh` goes with.
MODES = ("overwrite", "append", "overwrite_dedup")


@cache
def shipped() -> Mapping[str, ConnectorLock]:
    """The locks of this repository's own lake."""
    return read_locks(REPOSITORY)[0]


@cache
def known() -> Mapping[str, ConnectorLock]:
    """Those of the connector registry beside this repository. Raises OSError where it is not there."""
    entries = definitions_in(FIXTURE.name, FIXTURE.read_text("utf-8"))
    return {name: locked(entry).lock for name, entry in sorted(entries.items())}


@dataclass(frozen=True)
class RealLake:
    """A lake.

    Attributes:
        files: all of it.
        meant: (stack, `sources.x`) -> the name and the configuration that Terraform is to get there.
    """

    files: Mapping[str, str]
    meant: Mapping[tuple[str, str], Json]


def real_lake(seed: int, locks: Mapping[str, ConnectorLock], texts: list[str]) -> RealLake:
    """The same lake for the same seed, locks and texts."""
    return _Maker(Random(seed), locks, texts).make()


@dataclass
class _Maker:
    random: Random
    locks: Mapping[str, ConnectorLock]
    texts: list[str]
    files: dict[str, str] = field(default_factory=dict)
    meant: dict[tuple[str, str], Json] = field(default_factory=dict)

    def make(self) -> RealLake:
        stacks = self.random.sample(STACKS, self.random.randint(1, len(STACKS)))
        sources = self._actors("source", stacks)
        destinations = self._actors("destination", stacks)
        entries: Json = {"sources": sources, "destinations": destinations, "connections": {}}
        for source in sources:
            for destination in destinations:
                shared = [one for one in sources[source]["stack"] if one in destinations[destination]["stack"]]
                if shared:
                    name, entry = f"{source}_to_{destination}", self._connection(source, destination, shared)
                    entries["connections"][name] = entry
            schemas = sources[source]["configuration"].get("schemas")
            self._stream(source, [destinations[one]["connector"] for one in destinations], schemas)
        lake: Json = {"version": 1, "lake": {"name": "made", "stacks": {one: self._stack(one) for one in stacks}}}
        lake["lake"] |= {"defaults": {"connection": {"schema_changes": "ignore", "status": "inactive"}}}
        self.files["dag/registry/lake.yaml"] = flow(lake)
        self.files["dag/registry/entries.yaml"] = flow(entries)
        return RealLake(self.files, self.meant)

    def _stack(self, name: str) -> Json:
        backend = {"s3": {"bucket": "states", "key": f"{name}.tfstate", "region": "eu-central-1"}}
        stack: Json = {
            "server_url": f"https://{name.replace('_', '-')}.example.com/api/public/v1",
            "workspace_id": {"var": f"{name}_workspace"},
            "auth": {"client_id": {"secret": "client_id"}, "client_secret": {"secret": "client_secret"}},
            "backend": self.random.choice([backend, None]),
        }
        if self.random.random() < 0.5:
            stack["defaults"] = {"connection": {"status": "active"}}
        if self.random.random() < 0.5:
            stack["overrides"] = {"connection": {"schedule": self.random.choice(SCHEDULES)}}
        return stack

    def _actors(self, kind: str, stacks: list[str]) -> Json:
        names = [name for name in self.locks if name.startswith(f"{kind}-")]
        chosen = self.random.sample(names, min(len(names), self.random.randint(1, 4)))  # two of one would share a log
        return {f"{kind}_{number}": self._actor(f"{kind}_{number}", name, stacks) for number, name in enumerate(chosen)}

    def _actor(self, entry: str, connector: str, stacks: list[str]) -> Json:
        lock = self.locks[connector]
        self.files[f"dag/connectors/{connector}.json"] = lock.to_text()
        made = configuration(lock.spec, at_random(self.random.randrange(10**6)))
        made = {name: value for name, value in made.items() if not name.endswith(_NAMING)}
        written = with_secrets(lock.spec, made, f"{entry}_secret")
        found: Json = {
            "connector": connector,
            "name": f"{entry} {self._text()}",
            "configuration": written,
            "stack": sorted(self.random.sample(stacks, self.random.randint(1, len(stacks)))),
            "overrides": {},
        }
        for stack in found["stack"]:
            own = self._override(entry, lock.spec, written)
            found["overrides"] |= {stack: own} if own else {}
            name, changed = own.get("name", found["name"]), own.get("configuration", {})
            meant = {"name": name, "configuration": {**written, **changed}}
            self.meant[stack, f"{entry.partition('_')[0]}s.{entry}"] = meant
        return found

    def _override(self, entry: str, spec: Json, written: Json) -> Json:
        """Another name, and other texts for options that take any, in one stack."""
        own: Json = {"name": f"{entry} {self._text()} over"} if self.random.random() < 0.5 else {}
        free = [name for name in _free(spec) if name in written]
        if free and self.random.random() < 0.5:
            own["configuration"] = {self.random.choice(free): self._text()}
        return own

    def _text(self) -> str:
        return self.random.choice(self.texts)

    def _connection(self, source: str, destination: str, stacks: list[str]) -> Json:
        found: Json = {"source": source, "destination": destination, "stack": stacks}
        if self.random.random() < 0.7:
            found["schedule"] = self.random.choice(SCHEDULES)
        # Apart, as stacks may write to one place.
        found["overrides"] = {stack: {"prefix": f"{stack}_{source}_{destination}_"} for stack in stacks}
        if self.random.random() < 0.5:
            found["overrides"][self.random.choice(stacks)]["status"] = "inactive"
        return found

    def _stream(self, source: str, destinations: list[str], schemas: list[str] | None) -> None:
        offered = [set(self.locks[name].destination_sync_modes or MODES) for name in destinations]
        mode = next((one for one in MODES if all(one in modes for modes in offered)), "append")
        stream: Json = {"stream": "users", "sync_mode": "full_refresh", "destination_sync_mode": mode}
        stream |= {"fields": {"id": {"type": "integer"}}, "primary_key": [["id"]]}
        stream |= {"namespace": schemas[0]} if schemas else {}
        self.files[f"dag/streams/{source}/users.json"] = json.dumps(stream)


# Options that name files, which two streams must not share; and what hosts and places are not called anything in.
_NAMING = ("path_format", "file_name_pattern", "file_name_format")
_HOSTS = ("host", "url", "uri", "address", "endpoint", "server", "domain", "path", "bucket", "prefix")


def _free(spec: Json) -> Iterator[str]:
    """Options at the top that take any text."""
    for name, inner in spec.get("properties", {}).items():
        if not any(word in name for word in _HOSTS) and inner.get("type") == "string" and not inner.keys() - {"type"}:
            yield name
