"""JSON Schema of registry files, for editors: completion, descriptions and marks while typing.

Editors see one file at a time, so nothing is required here that defaults or another file may give, and no id is unknown
that another file may have; `check` knows better.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from infra.lake.connectors.spec import Spec
from infra.lake.editor.known import Known
from infra.lake.editor.models import NULL, Schema, completed, of_model, or_null, schema_of
from infra.lake.editor.options import opened, options_schema
from infra.lake.editor.stream_schema import STEMS
from infra.lake.registry.declared import RegistryFile
from infra.lake.registry.kinds import ACTORS, KIND_OF

_ENTRIES = ("Source", "Destination", "Connection")
_OPEN = "-with-undeclared"


def registry_schema(specs: Mapping[str, Spec], known: Known) -> Schema:
    """The schema of a file below dag/registry/; `specs`: connector -> locked spec, with prose where there is some."""
    schema = of_model(RegistryFile)
    definitions = schema["$defs"]
    _share_entries(definitions, known)
    for section in ACTORS:
        locked = {name: spec for name, spec in sorted(specs.items()) if name.startswith(f"{KIND_OF[section]}-")}
        _add_connectors(definitions, KIND_OF[section].title(), locked, known)
    _add_streams(definitions["Connection"], known)
    _add_names(definitions, known)
    for name in ("SecretRef", "VarRef"):
        definitions[name].pop("description")  # it would be shown in the place of what the option is for
    for name in _ENTRIES:
        or_null(definitions[name])
    return schema_of(schema)


def _share_entries(definitions: Schema, known: Known) -> None:
    """Defaults and overrides have the keys of an entry, none of which has to be there."""
    for name in _ENTRIES:
        entry, reference = definitions[name], {"$ref": f"#/$defs/{name}"}
        entry.pop("required", None)
        entry["properties"]["overrides"] |= {
            "properties": dict.fromkeys(known.stacks, reference),
            "additionalProperties": reference,
        }
        for shared in ("Defaults", "StackOverrides"):
            definitions[shared]["properties"][name.lower()] = reference


def _add_connectors(definitions: Schema, name: str, specs: Mapping[str, Spec], known: Known) -> None:
    """The names of the locked connectors, and the options of each, also where an override has them."""
    entry = definitions[name]
    about = entry["properties"]["connector"]["description"]
    entry["properties"]["connector"] = {"description": about, **completed([*specs])}
    entry["allOf"] = []
    for connector, spec in specs.items():
        options = options_schema(spec)
        definitions[connector] = opened(options) if name.lower() in known.lax else options
        entry["allOf"].append(_options_where(connector, connector, _lists_none()))
        if connector in known.open:
            definitions[connector + _OPEN] = opened(definitions[connector])
            lists = {"required": ["connector"], "not": _lists_none()}
            entry["allOf"].append(_options_where(connector, connector + _OPEN, lists))


def _options_where(connector: str, options: str, where: Schema) -> Schema:
    """The options of an entry that names the connector, and those in its overrides, unless they name another."""
    said = {"properties": {"configuration": {"$ref": f"#/$defs/{options}"}}}
    override = {"if": {"properties": {"connector": False}}, "then": said}
    then = {"properties": {**said["properties"], "overrides": {"additionalProperties": override}}}
    named = {"properties": {"connector": {"const": connector}}, "required": ["connector"]}
    return {"if": {"allOf": [named, where]}, "then": then}


def _lists_none() -> Schema:
    """An entry that lists no option which its connector's spec lacks."""
    none = {"properties": {"undeclared": False}}
    return {"properties": {**none["properties"], "overrides": {"additionalProperties": none}}}


def _add_streams(connection: Schema, known: Known) -> None:
    """The stream files of the source that a connection names, and what may be said of one."""
    about = connection["properties"]["streams"]["description"]
    settings: Schema = {"anyOf": [{"$ref": "stream.json"}, NULL]}
    mapping = {"type": "object", "additionalProperties": settings}
    connection["properties"]["streams"] = {
        "description": about,
        "anyOf": [{"type": "array", "items": {"type": "string"}}, mapping],
    }
    connection["allOf"] = []
    for source, folder in known.streams.items():
        stems = {"$ref": f"streams/{folder}.json#/definitions/{STEMS}"}
        said = {"properties": {"streams": stems, "exclude": stems}}
        then = {"properties": {**said["properties"], "overrides": {"additionalProperties": said}}}
        named = {"properties": {"source": {"const": source}}, "required": ["source"]}
        connection["allOf"].append({"if": named, "then": then})


def _add_names(definitions: Schema, known: Known) -> None:
    """Ids and stacks, where an entry names them."""
    for name, key, names in _named(known):
        said = definitions[name]["properties"][key]
        definitions[name]["properties"][key] = {"description": said["description"], **completed(names)}
    for name in _ENTRIES:
        stack = definitions[name]["properties"]["stack"]
        several = {"type": "array", "items": completed(known.stacks)}
        definitions[name]["properties"]["stack"] = {
            "description": stack["description"],
            **completed(known.stacks, several),
        }


def _named(known: Known) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """(definition, key, names) of every key whose value is the name of something."""
    yield "Connection", "source", known.entries.get("sources", ())
    yield "Connection", "destination", known.entries.get("destinations", ())
    yield "Source", "streams_from", known.entries.get("sources", ())
    yield "StackSettings", "landing", known.landings
