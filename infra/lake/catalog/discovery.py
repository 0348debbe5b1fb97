"""Discovery: a catalog as a source reported it, and the files below dag/sources/ that it becomes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from infra.base.errors import UserError
from infra.base.printable import one_line
from infra.lake.catalog.discovered import FOLDER, DiscoveredStream, StreamKey, look_of, twins
from infra.lake.catalog.file_names import file_names
from infra.lake.catalog.left_out import LeftOut
from infra.lake.catalog.shapes import is_stream, to_protocol
from infra.lake.documents import Document, Layers, Written, parse, render_json
from infra.lake.documents.foreign_file import YAML, values_in, why_unreadable
from infra.lake.documents.json_schema import malformed
from infra.lake.documents.mended_schema import mended

_NO_REASON = "no reason given"
_KEYS = frozenset(DiscoveredStream.model_fields)


def read_catalog(text: str, origin: str, left_out: list[LeftOut] | None = None) -> list[DiscoveredStream]:
    """The streams in a connector's output (its CATALOG message, or a bare AirbyteCatalog), in what an Airbyte server
    answers (to `sources/discover_schema` of the Configuration API, to `GET /streams` of the public one), or in octavia's
    configuration of a connection; YAML where the name says so.

    Lines that are not JSON are log lines and are passed over. `left_out` hears of what is broken, as in `find_streams`.
    Raises UserError if there is no catalog; `origin` names it.
    """
    for message in values_in(origin, text):
        streams = find_streams(message, origin, left_out)
        if streams is not None:
            return streams
    if origin.endswith(YAML) and (problem := why_unreadable(origin, text)):
        raise UserError(f"{problem.location} is not YAML: {problem.message}")
    raise UserError(f"{origin} contains no catalog: expected a line with a CATALOG message, or an AirbyteCatalog")


def find_streams(message: Any, origin: str, left_out: list[LeftOut] | None = None) -> list[DiscoveredStream] | None:
    """The streams in one JSON value, each once; None if it holds no catalog.

    `left_out` gets the parts of schemas and the streams that are broken, and the rest comes back, if there is any; without it
    they are faults.
    Raises UserError if the value tells of a discovery that failed, or holds a stream that is none; `origin` names it.
    """
    if isinstance(message, list):
        catalog: Any = {"streams": message} if message and all(is_stream(item) for item in message) else None
    elif isinstance(message, dict):
        failure = failure_of(message)
        if failure is not None:
            raise UserError(f"{origin}: discovery failed: {failure}")
        catalog = _catalog_in(message)
    else:
        return None
    if not isinstance(catalog, dict) or not isinstance(catalog.get("streams"), list):
        return None
    read = (_stream(stream, origin, left_out) for stream in catalog["streams"])
    streams = [stream for stream in read if stream is not None]
    if left_out and not streams:
        raise UserError(f"{origin}: {left_out[0].text}")
    found = {stream.key: stream for stream in streams}
    if left_out is not None:
        left_out += _repeated(streams)
    return list(found.values())


def _repeated(streams: Sequence[DiscoveredStream]) -> Iterator[LeftOut]:
    """What is said of streams that a catalog holds several times, of which the last one is taken."""
    held: dict[StreamKey, list[DiscoveredStream]] = {}
    for stream in streams:
        held.setdefault(stream.key, []).append(stream)
    for (namespace, name), several in held.items():
        if len(several) > 1:
            of = f" of {namespace!r}" if namespace else ""
            differ = any(stream != several[-1] for stream in several)
            taken = "they differ, and the last one is taken" if differ else "all are alike"
            yield LeftOut(one_line(f"the stream {name!r}{of} is in the catalog {len(several)} times: {taken}"))
    first: dict[StreamKey, StreamKey] = {}
    for key in held:
        other = first.setdefault(look_of(key), key)
        if other != key:
            yield LeftOut(f"{twins(other, key)}: one of them can be synced")


def _catalog_in(message: Mapping[str, Any]) -> Any:
    """The catalog in a CATALOG message, in a connection of the Configuration API, or in octavia's file of one; else the value."""
    configuration = message.get("configuration")
    for held in (message, configuration if isinstance(configuration, Mapping) else {}):
        for key in ("catalog", "sync_catalog", "syncCatalog"):
            if key in held:
                return held[key]
    return message


def is_manifest(file: str, text: str) -> bool:
    """True for the text of a low-code connector's manifest, whose streams are no schemas but requests.

    Source: airbyte-cdk, declarative_component_schema.yaml: `check` and `version` are required of every manifest.
    """
    values = [value for value in values_in(file, text) if isinstance(value, Mapping)]
    return any(value.get("type") == "DeclarativeSource" or {"check", "version"} <= value.keys() for value in values)


def failure_of(message: dict[str, Any]) -> str | None:
    """The reason in an ERROR trace, or in a server's answer about a job that failed; None for any other message."""
    job = message.get("jobInfo")
    if isinstance(job, dict) and (job.get("succeeded") is False or not message.get("catalog")):
        outer, inner = _texts(job.get("failureReason"), "externalMessage", "internalMessage")
        return outer or inner or _NO_REASON
    return trace_failure(message)


def trace_failure(message: Mapping[str, Any]) -> str | None:
    """The reason in a connector's ERROR trace, with the internal one where it says more; None for any other message.

    Source: Airbyte protocol v0, AirbyteErrorTraceMessage.
    """
    trace = message.get("trace")
    if message.get("type") != "TRACE" or not isinstance(trace, dict) or trace.get("type") != "ERROR":
        return None
    reason, internal = _texts(trace.get("error"), "message", "internal_message")
    if internal and internal not in reason:
        return f"{reason} ({internal})" if reason else internal
    return reason or _NO_REASON


def _texts(value: Any, *keys: str) -> Iterator[str]:
    return (str(value.get(key) or "").strip() if isinstance(value, dict) else "" for key in keys)


def _stream(stream: Any, origin: str, left_out: list[LeftOut] | None) -> DiscoveredStream | None:
    stream = to_protocol(stream)
    said = {key: value for key, value in stream.items() if key in _KEYS} if isinstance(stream, Mapping) else stream
    if left_out is not None and isinstance(said, dict):
        said = _mended(said, left_out)
    document = Document(origin, said, lambda _path, _of_key: None)
    found, problems = parse(DiscoveredStream, Layers.single(Written(document, (), said)))
    if found is not None:
        return found
    name = stream.get("name") if isinstance(stream, dict) else stream
    first = problems[0]
    reason = f"the stream {name!r} is not an AirbyteStream: {': '.join(filter(None, (first.path, first.message)))}"
    if left_out is None:
        raise UserError(f"{origin}: {reason}")
    left_out.append(LeftOut(one_line(reason), _key(stream)))
    return None


def _mended(said: dict[str, Any], left_out: list[LeftOut]) -> dict[str, Any]:
    """The stream without what its schema is broken at."""
    schema = said.get("json_schema")
    if not isinstance(schema, dict) or malformed(schema) is None:
        return said
    whole, flaws = mended(schema)
    name = said.get("name")
    left_out.extend(
        LeftOut(one_line(f"the stream {name!r}: json_schema.{flaw.to_text()}; it is left out")) for flaw in flaws
    )
    return {**said, "json_schema": whole}


def _key(stream: Any) -> StreamKey | None:
    name, namespace = (stream.get(key) if isinstance(stream, dict) else None for key in ("name", "namespace"))
    return (namespace if isinstance(namespace, str) else "", name) if isinstance(name, str) and name else None


def discovery_files(
    source: str,
    streams: Iterable[DiscoveredStream],
    provenance: Mapping[str, str | None],
    kept: Mapping[StreamKey, str] | None = None,
) -> dict[str, str]:
    """Path from the root -> text: a file a stream, and `_discovery.json` with where it comes from (no time, no host).

    `kept`: the stems of the files that streams have already.
    """
    found = sorted(streams, key=lambda stream: stream.key)
    names = file_names([stream.key for stream in found], kept)
    files = {f"{FOLDER}/{source}/{names[stream.key]}.json": stream.to_text() for stream in found}
    files[f"{FOLDER}/{source}/_discovery.json"] = render_json({k: v for k, v in provenance.items() if v is not None})
    return files
