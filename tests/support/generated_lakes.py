"""Lakes made up from a seed: valid, with awkward text in every place that takes text."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from infra.lake.documents import render_json

Json = dict[str, Any]

TEXTS = (
    *(
        "plain",
        "two words",
        "${SOURCE_NAMESPACE}",
        "%{if true}",
        "$${x}",
        'quo"ted',
        "back\\slash",
        "naïve → ünï",
        "a.b",
    ),
    *("<&>", "line\nbreak", "tab\tstop", "'single'", "#hash", "//", "${var.secret}", "100%", "${", "%{"),
)
CRONS = ("0 0 * * * ?", "0 0,20,40 6-18 ? * MON-FRI", "0 15 3 1 * ?", "0 30 0/6 * * ?", "0 5 4 ? * SUN#1")
MODES = {
    "full_refresh": ("overwrite", "append", "overwrite_dedup"),
    "incremental": ("append", "append_dedup"),
}
AUTH = {
    "client": "{client_id: {secret: client_id}, client_secret: {secret: client_secret}}",
    "basic": "{username: airbyte, password: {secret: password}}",
    "bearer": "{bearer_token: {secret: bearer}}",
    "none": "none",
}
PASSWORD = "basic-${password}"


@dataclass(frozen=True)
class Generated:
    """A lake.

    Attributes:
        files: all of it.
        auth: how its provider authenticates: client, basic, bearer or none.
        variables: values of its variables, except those of the server.

    """

    files: Mapping[str, str]
    auth: str
    variables: Mapping[str, str]


def generate(seed: int, texts: Sequence[str] = TEXTS) -> Generated:
    """The same lake for the same seed and texts."""
    return _Maker(Random(seed), list(AUTH)[seed % len(AUTH)], texts).make()


def flow(value: Any) -> str:
    """JSON that YAML takes: it has no pairs of escaped surrogates."""
    pair = re.compile(r"\\u(d[89ab]..)\\u(d[c-f]..)")
    return pair.sub(lambda found: str(json.loads(f'"{found[0]}"')), json.dumps(value, indent=1))


class _Maker:
    def __init__(self, random: Random, auth: str, texts: Sequence[str]) -> None:
        self.random = random
        self.auth = auth
        self.texts = texts
        self.files: dict[str, str] = {}
        self.variables: dict[str, str] = {}

    def make(self) -> Generated:
        stack = f"{{server_url: {{var: server_url}}, workspace_id: {{var: workspace_id}}, auth: {AUTH[self.auth]}}}"
        destinations = [f"lake_{number}" for number in range(self.random.randint(1, 2))]
        sources = [f"db_{number}" for number in range(self.random.randint(1, 3))]
        for connector in ("source-db", "destination-db"):
            self.files[f"dag/connectors/{connector}.json"] = render_json(_lock(connector))
        registry: Json = {
            "version": 1,
            "destinations": {name: self._actor("destination-db", name) for name in destinations},
            "sources": {name: self._actor("source-db", name) for name in sources},
            "connections": {},
        }
        for source in sources:
            namespaces: list[str | None] = self.random.choice([[None], ["a", "ü b"]])
            self._streams(source, namespaces)
            for destination in destinations:
                connection = self._connection(source, destination, has_namespaces=namespaces != [None])
                registry["connections"][f"{source}_to_{destination}"] = connection
        self.files["dag/registry/lake.yaml"] = f"lake: {{name: made, stacks: {{airbyte: {stack}}}}}\n"
        # JSON is YAML.
        self.files["dag/registry/entries.yaml"] = flow(registry)
        return Generated(self.files, self.auth, self.variables)

    def _text(self) -> str:
        return self.random.choice(self.texts)

    def _plain(self) -> str:
        """Without what would be a variable that Airbyte does not know."""
        return self.random.choice([text for text in self.texts if "$" not in text])

    def _actor(self, connector: str, name: str) -> Json:
        secret = f"{name}_password"
        self.variables |= {secret: f"{name}-s3cr3t-{self._text()}", f"{name}_port": str(self.random.randint(1, 9999))}
        configuration = {
            "password": {"secret": secret},
            "port": {"var": f"{name}_port"},
            "options": self._value(3),
            "tls": self.random.choice([True, False]),
        }
        return {"name": f"{name} {self._text()}", "connector": connector, "configuration": configuration}

    def _value(self, depth: int) -> Any:
        """An object that the connector's spec says nothing about."""
        kinds = [
            self._text(),
            self.random.randint(-(10**12), 10**12),
            self.random.random(),
            True,
            [self._text(), [1, None]],
        ]
        inner = self._value(depth - 1) if depth else {}
        return {f"{self._text()} {number}": value for number, value in enumerate([*kinds, inner])}

    def _connection(self, source: str, destination: str, *, has_namespaces: bool) -> Json:
        own = "source" if has_namespaces else "destination"
        formatted = {"format": f"{self._plain()}_${{SOURCE_NAMESPACE}}"}
        connection = {
            "source": source,
            "destination": destination,
            "name": f"{source} → {destination} {self._text()}",
            "prefix": f"{source}_{self._plain()}_",
            "namespace": self.random.choice([own, formatted]),
            "status": self.random.choice(["active", "inactive"]),
            "schema_changes": self.random.choice(["ignore", "disable_connection"]),
        }
        if self.random.random() < 0.7:
            every = {"every": self.random.choice(["1m", "20m", "1h", "6h", "24h"])}
            connection["schedule"] = self.random.choice([{"cron": self.random.choice(CRONS)}, every])
        return connection

    def _streams(self, source: str, namespaces: list[str | None]) -> None:
        for number in range(self.random.randint(1, 3)):
            name = f"{self._text()} {number}"
            for place, namespace in enumerate(namespaces):
                stream = self._discovered(name, namespace)
                stem = f"s{number}_{place}"
                self.files[f"dag/sources/{source}/{stem}.json"] = render_json(stream)
                self.files[f"dag/streams/{source}/{stem}.json"] = render_json(self._stream_file(stream))

    def _discovered(self, name: str, namespace: str | None) -> Json:
        fields = [f"{self._text()}_{number}" for number in range(4)]
        text = {"type": ["null", "string"]}
        schema = {**dict.fromkeys(fields, text), "nested": {"type": "object", "properties": {"id": text}}}
        stream: Json = {
            "name": name,
            "json_schema": {"type": "object", "properties": schema},
            "supported_sync_modes": self.random.choice([["full_refresh"], ["full_refresh", "incremental"]]),
        }
        if namespace is not None:
            stream["namespace"] = namespace
        if "incremental" in stream["supported_sync_modes"] and self.random.random() < 0.5:
            stream |= {"source_defined_cursor": True, "default_cursor_field": [fields[0]]}
        if self.random.random() < 0.5:
            stream["source_defined_primary_key"] = self.random.choice([[[fields[1]]], [[fields[1]], ["nested", "id"]]])
        return stream

    def _stream_file(self, stream: Json) -> Json:
        """A valid choice of what the stream offers."""
        fields = [name for name in stream["json_schema"]["properties"] if name != "nested"]
        mode = self.random.choice(stream["supported_sync_modes"])
        to = self.random.choice(MODES[mode])
        file: Json = {"stream": stream["name"], "sync_mode": mode, "destination_sync_mode": to}
        if "namespace" in stream:
            file["namespace"] = stream["namespace"]
        if mode == "incremental" and not stream.get("source_defined_cursor"):
            file["cursor_field"] = self.random.choice([[fields[2]], ["nested", "id"]])
        if to.endswith("dedup") and "source_defined_primary_key" not in stream:
            file["primary_key"] = self.random.choice([[[fields[0]]], [[fields[0]], [fields[1]]]])
        if self.random.random() < 0.5:
            file["fields"] = [*fields, "nested"] if self.random.random() < 0.5 else [*fields[:3], "nested"]
        elif self.random.random() < 0.5:
            file["exclude_fields"] = self.random.choice([[], [fields[3]]])
        if self.random.random() < 0.3:
            file["destination_object_name"] = self._text()
        if self.random.random() < 0.3:
            hashing = {"method": "SHA-256", "target_field": "nested", "field_name_suffix": self._text()}
            if not _uses(file, stream, "nested"):
                file["mappers"] = [{"type": "hashing", "mapper_configuration": {"hashing": hashing}}]
        return file


def _uses(file: Json, stream: Json, field: str) -> bool:
    """Whether a field is in the cursor or the primary key."""
    paths = [file.get("cursor_field", []), *file.get("primary_key", []), *stream.get("source_defined_primary_key", [])]
    return any(path[:1] == [field] for path in paths)


def _lock(connector: str) -> Json:
    spec = {
        "type": "object",
        "required": ["password"],
        "properties": {
            "password": {"type": "string", "airbyte_secret": True},
            "port": {"type": "integer"},
            "tls": {"type": "boolean"},
            "options": {"type": "object"},
        },
    }
    return {
        "connector": connector,
        "definition_id": f"5b0a5b0a-0000-4000-8000-{len(connector):012}",
        "destination_sync_modes": ["append", "append_dedup", "overwrite", "overwrite_dedup"],
        "image": f"example/{connector}",
        "spec": spec,
        "supports_refreshes": True,
        "tag": "1.0.0",
    }
