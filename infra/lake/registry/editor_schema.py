"""JSON Schema of registry and stream files, for editors: completion and descriptions while typing.

Editors see one file at a time, so nothing is required here that defaults or another file may give; `check` knows better.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.lake.connectors.spec import Spec
from infra.lake.registry.declared import RegistryFile
from infra.lake.registry.stream_file import StreamFile

Schema = dict[str, Any]

_ENTRIES = ("Source", "Destination", "Connection")
_REFERENCE: Schema = {"anyOf": [{"$ref": "#/$defs/SecretRef"}, {"$ref": "#/$defs/VarRef"}]}


def registry_schema(specs: Mapping[str, Spec]) -> Schema:
    """The schema of a file below dag/registry/; `specs`: connector -> locked spec, with prose where there is some."""
    schema = _untitled(RegistryFile.model_json_schema())
    definitions = schema["$defs"]
    for name in _ENTRIES:
        entry = definitions[name]
        entry.pop("required", None)
        entry["properties"]["overrides"]["additionalProperties"] = {"$ref": f"#/$defs/{name}"}
        for shared in ("Defaults", "StackOverrides"):
            definitions[shared]["properties"][name.lower()] = {"$ref": f"#/$defs/{name}"}
    for name in ("Source", "Destination"):
        _add_connectors(definitions[name], {c: s for c, s in specs.items() if c.startswith(f"{name.lower()}-")})
    return {"$schema": "http://json-schema.org/draft-07/schema#", "title": "lakeform registry", **schema}


def stream_schema() -> Schema:
    """The schema of a file below dag/streams/."""
    schema = _untitled(StreamFile.model_json_schema())
    return {"$schema": "http://json-schema.org/draft-07/schema#", "title": "lakeform stream", **schema}


def _add_connectors(entry: Schema, specs: Mapping[str, Spec]) -> None:
    """The names of the locked connectors, and the options of each."""
    entry["properties"]["connector"] = {
        "description": entry["properties"]["connector"]["description"],
        "anyOf": [{"enum": sorted(specs)}, {"type": "string"}],
    }
    entry["allOf"] = [
        {
            "if": {"properties": {"connector": {"const": connector}}, "required": ["connector"]},
            "then": {"properties": {"configuration": _options(spec)}},
        }
        for connector, spec in sorted(specs.items())
    ]


def _options(spec: Spec) -> Schema:
    """A spec in which any value may be a reference, a secret must be one, and nothing is required."""
    if spec.get("airbyte_secret"):
        return {"$ref": "#/$defs/SecretRef"}
    options = {
        key: value for key, value in spec.items() if key not in ("required", "oneOf", "anyOf", "properties", "items")
    }
    if isinstance(spec.get("properties"), Mapping):
        options["properties"] = {name: _or_reference(inner) for name, inner in spec["properties"].items()}
    if isinstance(spec.get("items"), Mapping):
        options["items"] = _or_reference(spec["items"])
    branches = spec.get("oneOf") or spec.get("anyOf")
    if branches:
        options["anyOf"] = [_options(branch) for branch in branches if isinstance(branch, Mapping)]
    return options


def _or_reference(spec: Any) -> Any:
    if not isinstance(spec, Mapping):  # true or false
        return spec
    options = _options(spec)
    if "$ref" in options:
        return options
    prose = {key: options.pop(key) for key in ("title", "description") if isinstance(options.get(key), str)}
    return {**prose, "anyOf": [options, *_REFERENCE["anyOf"]]}


def _untitled(schema: Any) -> Any:
    """Without the titles that pydantic makes up from names."""
    if isinstance(schema, dict):
        return {
            key: _untitled(value) for key, value in schema.items() if not (key == "title" and isinstance(value, str))
        }
    return [_untitled(item) for item in schema] if isinstance(schema, list) else schema
