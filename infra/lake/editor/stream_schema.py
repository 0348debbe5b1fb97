"""JSON Schemas of stream files, for editors: one for any, and one a source that knows what was discovered of it.

A schema does not see the name of the file that it is for. So the fields of all streams of a source are offered, each with
the streams that have it; where a file has the key `stream`, those of that one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from urllib.parse import quote

from infra.lake.catalog.discovered import DiscoveredStream
from infra.lake.catalog.streams import SourceStreams
from infra.lake.documents import some
from infra.lake.editor.models import NULL, Schema, completed, of_model, or_null, schema_of
from infra.lake.registry.stream_file import ExternalStreamFile, StreamFile

Offered = Mapping[str, DiscoveredStream]

# The definition with the names of the stream files, for the connections of the source.
STEMS = "stream-files"
_ALL = "fields"


def stream_schema() -> Schema:
    """The schema of a file below dag/streams/, of whatever source; what only an `external` one has is not offered, and fits."""
    schema, external = of_model(StreamFile), of_model(ExternalStreamFile)
    or_null(schema)
    or_null(external)
    others = {f"^{key}$": said for key, said in external["properties"].items() if key not in schema["properties"]}
    return schema_of({**schema, "patternProperties": others})


def source_schema(source: SourceStreams) -> Schema:
    """The schema of the stream files of a source: the one of any, `stream.json`, and the names of fields that were discovered."""
    discovery = source.discovery
    offered = {stem: discovery.streams[key] for key, stem in sorted(discovery.stems.items(), key=lambda item: item[1])}
    synced = {stem: stream for stem, stream in offered.items() if stem in source.files} or offered
    names = {f"fields-of-{stem}": completed(_fields(stream)) for stem, stream in offered.items()}
    # The first that describes a key is the one that is shown.
    each = [{"if": _names(stream), "then": _asked(stem, stream)} for stem, stream in offered.items()]
    unnamed = {"if": {"not": {"required": ["stream"]}}, "then": {"properties": _of_fields(_ALL)}}
    any_stream = {"properties": _names_of_all(offered.values())}
    return schema_of(
        {
            "allOf": [*each, unnamed, any_stream, {"$ref": "../stream.json"}],
            "definitions": {STEMS: _stems(source), _ALL: _fields_of_all(synced), **names},
        }
    )


def _stems(source: SourceStreams) -> Schema:
    """Names of stream files in a list, or with what is said of each; any other text may be a pattern."""
    stems = sorted(source.files)
    settings: Schema = {"anyOf": [{"$ref": "../stream.json"}, NULL]}
    return {"items": completed(stems), "properties": dict.fromkeys(stems, settings)}


def _names(stream: DiscoveredStream) -> Schema:
    """A file that says which stream it means."""
    said = {"stream": stream.name, **({"namespace": stream.namespace} if stream.namespace else {})}
    return {"properties": {key: {"const": name} for key, name in said.items()}, "required": [*said]}


def _asked(stem: str, stream: DiscoveredStream) -> Schema:
    key = [".".join(path) for path in stream.source_defined_primary_key or ()]
    about = {
        "sync_mode": f"the source offers {' and '.join(stream.supported_sync_modes)}",
        "cursor_field": _own("cursor", stream.default_cursor_field),
        "primary_key": _own("key", key),
    }
    keys = _of_fields(f"fields-of-{stem}")
    for name, text in about.items():
        if text:
            keys[name] = {"description": text, **keys.get(name, {})}
    return {"properties": keys}


def _own(what: str, names: Iterable[str] | None) -> str:
    return f"the source's own {what}: {', '.join(names)}" if names else ""


def _of_fields(definition: str) -> Schema:
    """Keys whose values are names of fields; any other may be written, which `check` knows better."""
    one: Schema = {"items": {"$ref": f"#/definitions/{quote(definition)}"}}
    return {"cursor_field": one, "primary_key": {"items": one}, "fields": one, "exclude_fields": one}


def _names_of_all(streams: Collection[DiscoveredStream]) -> Schema:
    """Names that stand for themselves, whichever stream a file means: its own, and fields with their types behind."""
    fields = sorted({name for stream in streams for name in _fields(stream)})
    names = sorted({stream.name for stream in streams})
    return {"stream": completed(names, NULL), "fields": {"properties": {name: {} for name in fields}}}


def _fields_of_all(streams: Offered) -> Schema:
    """Names, and beside each the streams that have it, as far as a line holds them."""
    having: dict[str, list[str]] = {}
    for stem, stream in streams.items():
        for name in _fields(stream):
            having.setdefault(name, []).append(stem)
    schema = completed(sorted(having))
    if having:
        schema["anyOf"][0]["enumDescriptions"] = [f"in {some(stems, 3)}" for _, stems in sorted(having.items())]
    return schema


def _fields(stream: DiscoveredStream) -> list[str]:
    properties = stream.json_schema.get("properties")
    return sorted(properties) if isinstance(properties, dict) else []
