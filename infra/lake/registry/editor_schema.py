"""JSON Schema of registry and stream files, for editors: completion and descriptions while typing.

Editors see one file at a time, so nothing is required here that defaults or another file may give; `check` knows better.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.lake.connectors.spec import Spec
from infra.lake.registry.declared import RegistryFile
from infra.lake.registry.stream_file import StreamFile
from infra.lake.values.coordinate import PREFIX

Schema = dict[str, Any]

_ENTRIES = ("Source", "Destination", "Connection")
_NULL: Schema = {"type": "null"}
_SECRET: list[Schema] = [
    {"$ref": "#/$defs/SecretRef"},
    {"type": "string", "pattern": rf"^{PREFIX}\s*\S"},
    _NULL,
]
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
    for name in _ENTRIES:
        _or_null(definitions[name])
    return {"$schema": "http://json-schema.org/draft-07/schema#", "title": "lakeform registry", **schema}


def stream_schema() -> Schema:
    """The schema of a file below dag/streams/."""
    schema = _untitled(StreamFile.model_json_schema())
    _or_null(schema)
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
            "then": {"properties": {"configuration": _or_nothing(_options(spec))}},
        }
        for connector, spec in sorted(specs.items())
    ]


# Without these, a valid configuration in which references stand, or of which another layer has a part, would not fit; formats are
# not asserted by `check` either, and `undeclared` names options that a spec does not have.
_LEFT_TO_CHECK = frozenset(
    (
        *(
            "required",
            "minProperties",
            "dependencies",
            "additionalProperties",
            "propertyNames",
            "uniqueItems",
            "contains",
        ),
        *("not", "if", "then", "else", "format"),
    )
)
_OF_MANY = ("properties", "patternProperties")
_COMBINED = ("allOf", "anyOf", "oneOf")


def _options(spec: Spec) -> Schema:
    """A spec in which any value may be a reference or null, a secret must be one or a coordinate, and nothing is required."""
    structure = (*_OF_MANY, *_COMBINED, "items")
    options = {key: value for key, value in spec.items() if key not in (*structure, *_LEFT_TO_CHECK)}
    for key in _OF_MANY:
        if isinstance(spec.get(key), Mapping):
            options[key] = {name: _or_reference(inner) for name, inner in spec[key].items()}
    items = spec.get("items")
    if isinstance(items, Mapping):
        options["items"] = _or_reference(items)
    elif isinstance(items, list):
        options["items"] = [_or_reference(inner) for inner in items]
    alternatives = [[_part(part) for part in spec[key]] for key in ("anyOf", "oneOf") if spec.get(key)]
    every = [*(_part(part) for part in spec.get("allOf", ())), *({"anyOf": parts} for parts in alternatives[1:])]
    return {**options, **({"anyOf": alternatives[0]} if alternatives else {}), **({"allOf": every} if every else {})}


def _or_nothing(options: Schema) -> Schema:
    """The options of an entry, or null."""
    if options.get("type") == "object" and not options.keys() & set(_COMBINED):
        return {**options, "type": ["object", "null"]}
    return {"anyOf": [options, _NULL]}


def _part(spec: Any) -> Any:
    """A branch of a union; a secret in one is a secret."""
    if not isinstance(spec, Mapping):
        return spec
    return {"anyOf": _SECRET} if spec.get("airbyte_secret") else _options(spec)


def _or_reference(spec: Any) -> Any:
    if not isinstance(spec, Mapping):  # true or false
        return spec
    prose = {key: spec[key] for key in ("title", "description") if isinstance(spec.get(key), str)}
    if spec.get("airbyte_secret"):
        return {**prose, "anyOf": _SECRET}
    return {
        **prose,
        "anyOf": [_options({k: v for k, v in spec.items() if k not in prose}), *_REFERENCE["anyOf"], _NULL],
    }


def _or_null(definition: Schema) -> None:
    """Makes null fit under each key, which is how an entry takes back what a weaker layer says."""
    for key, said in definition.get("properties", {}).items():
        described = {"description": said["description"]} if "description" in said else {}
        inner = {name: value for name, value in said.items() if name != "description"}
        ways = inner["anyOf"] if inner.keys() == {"anyOf"} else [inner]
        definition["properties"][key] = {**described, "anyOf": [*ways, *([] if _NULL in ways else [_NULL])]}


def _untitled(schema: Any) -> Any:
    """Without the titles that pydantic makes up from names."""
    if isinstance(schema, dict):
        return {
            key: _untitled(value) for key, value in schema.items() if not (key == "title" and isinstance(value, str))
        }
    return [_untitled(item) for item in schema] if isinstance(schema, list) else schema
