"""Connector definitions that a test gives: entries of Airbyte's registry, or lakeform's lock files."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft7Validator

from tests.standin.call import Json
from tests.standin.errors import unprocessable
from tests.standin.state import NAMESPACE

# The mask of Airbyte's AirbyteSecretConstants
MASK = "**********"

# The image of all connectors of the builder, in Airbyte's AirbyteCatalogConstants
BUILDER = "airbyte/source-declarative-manifest"


@dataclass(frozen=True)
class Connector:
    """One definition. `spec` is the JSON Schema of the configuration."""

    name: str
    kind: str
    definition_id: str
    title: str
    image: str
    tag: str
    spec: Json
    sync_modes: tuple[str, ...]
    supports_refreshes: bool
    supports_files: bool
    custom: bool

    @property
    def short_name(self) -> str:
        """`faker` of `source-faker`: the public API's `sourceType`."""
        return self.name.removeprefix(f"{self.kind}-")

    @property
    def is_declarative(self) -> bool:
        """True for one of the connector builder, which all have one image."""
        return self.image == BUILDER

    def check(self, configuration: Json) -> None:
        """Refuse a configuration that the spec refuses; no value of it reaches the message."""
        # Airbyte: JsonSchemaValidator.ensure, in SourceHandler and DestinationHandler
        errors = sorted(Draft7Validator(self.spec).iter_errors(configuration), key=lambda error: error.json_path)
        if errors:
            places = ", ".join(f"{error.json_path}: {error.validator}" for error in errors)
            raise unprocessable(f"The provided configuration does not fulfill the specification. Errors: {places}")

    def mask(self, configuration: Json) -> Json:
        """The configuration as it is read back."""
        masked = _mask([self.spec], configuration)
        assert isinstance(masked, dict)
        return masked


def read_connector(name: str, entry: Mapping[str, Any]) -> Connector:
    """A connector from a registry entry (`dockerRepository`, ...) or from a lock (`definition_id`, ...)."""
    kind = "destination" if name.startswith("destination-") else "source"
    spec = dict(entry.get("spec") or {})
    modes = entry.get("destination_sync_modes") or spec.get("supported_destination_sync_modes")
    identifier = entry.get("definition_id") or entry.get(f"{kind}DefinitionId")
    return Connector(
        name=name,
        kind=kind,
        definition_id=identifier or str(uuid.uuid5(NAMESPACE, name)),
        title=entry.get("name") or name,
        image=entry.get("image") or entry.get("dockerRepository") or f"airbyte/{name}",
        tag=entry.get("tag") or entry.get("dockerImageTag") or "0.0.0",
        spec=dict(spec.get("connectionSpecification", spec)),
        sync_modes=tuple(modes or ("append", "overwrite")),
        supports_refreshes=bool(entry.get("supports_refreshes", entry.get("supportsRefreshes", False))),
        supports_files=bool(entry.get("supportsFileTransfer", False)),
        custom=bool(entry.get("custom", False)),
    )


def restore(new: Any, old: Any) -> Any:
    """`new`, with what was read masked and is sent back masked replaced by what is stored."""
    # See Airbyte: JsonSecretsProcessor.copySecrets
    if new == MASK and old is not None:
        return old
    if isinstance(new, dict) and isinstance(old, dict):
        return {key: restore(value, old.get(key)) for key, value in new.items()}
    if isinstance(new, list) and isinstance(old, list) and len(new) == len(old):
        return [restore(*pair) for pair in zip(new, old, strict=True)]
    return new


def merge(old: Any, new: Any) -> Any:
    """`old` with the keys of `new` laid over it: a PATCH of a configuration."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    return {**old, **{key: merge(old.get(key), value) for key, value in new.items()}}


def _mask(schemas: list[Json], value: Any) -> Any:
    """A field is secret where any branch of a union says so."""
    known = [part for schema in schemas for part in _branches(schema)]
    if value is not None and any(schema.get("airbyte_secret") for schema in known):
        return MASK
    if isinstance(value, dict):
        below = {key: [s["properties"][key] for s in known if key in s.get("properties", {})] for key in value}
        return {key: _mask(below[key], item) for key, item in value.items()}
    if isinstance(value, list):
        items = [schema["items"] for schema in known if isinstance(schema.get("items"), dict)]
        return [_mask(items, item) for item in value]
    return value


def _branches(schema: Json) -> Iterator[Json]:
    yield schema
    for word in ("oneOf", "anyOf", "allOf"):
        for part in schema.get(word, []):
            yield from _branches(part)
