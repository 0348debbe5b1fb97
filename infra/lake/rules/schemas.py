"""Streams of schemas that their source does not read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.documents import Problem, Related, did_you_mean, near_matches
from infra.lake.documents.yaml_text import flow
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.entries import Source
from infra.lake.registry.entry import Entry, streams_folder
from infra.lake.rules.streams import written_at

# Sources that look into the schemas which are listed, and into no other. Source: `discoverInternal` of airbytehq/airbyte,
# source-postgres, -redshift, -oracle and -mssql; an empty list is as good as none.
_CONNECTORS = frozenset({"source-mssql", "source-oracle", "source-postgres", "source-redshift"})

_AT = ("configuration", "schemas")


def check_schemas(model: LakeModel) -> Iterator[Problem]:
    """`stream-unknown` for a stream with a namespace that the `schemas` of its source lack, or without one, also where nothing
    was discovered yet, or before the list was cut.
    """
    for stack in model.stacks.values():
        for connection_id, streams in stack.streams.items():
            source = stack.sources.get(stack.connections[connection_id].settings.source)
            schemas = _schemas(source) if source else []
            for stream in streams:
                if source is None or not schemas or stream.namespace in schemas:
                    continue
                if stream.namespace:
                    yield _problem(source, schemas, stream, stream.namespace)
                elif not _is_discovered(model, source):
                    yield _nameless(source, schemas, stream)


def _is_discovered(model: LakeModel, source: Entry[Source]) -> bool:
    """True if the files say what the source offers: then a stream that is not among it is told of anyway."""
    folder = model.sources.get(streams_folder(source))
    return folder is not None and bool(folder.discovery.streams)


def _nameless(source: Entry[Source], schemas: list[str], stream: ConfiguredStream) -> Problem:
    message = f'the stream "{stream.name}" has no namespace, and those of {source.path} have the schema of their table'
    related = (Related(source.layers.locate(_AT), "the schemas that it reads"),)
    fix = " or ".join(f'"namespace": "{schema}"' for schema in schemas[:3])
    return stream.layers.problem("stream-unknown", ("namespace",), message, f"write {fix}", related=related)


def _schemas(source: Entry[Source]) -> list[str]:
    """The schemas that a source reads; none where it reads all, or where nobody can tell."""
    if source.settings.connector not in _CONNECTORS:
        return []
    listed: Any = (source.settings.configuration or {}).get("schemas")
    known = isinstance(listed, (list, tuple)) and all(isinstance(one, str) for one in listed)
    return list(listed) if known else []


def _problem(source: Entry[Source], schemas: list[str], stream: ConfiguredStream, namespace: str) -> Problem:
    message = f'{source.path} does not read the schema "{namespace}" of the stream "{stream.name}"'
    fix = f"or add it there, and discover again: schemas: {flow([*schemas, namespace])}"
    near = near_matches(namespace, schemas)
    first = did_you_mean(namespace, near) if near else f"schemas: {', '.join(schemas[:12])}"
    related = (Related(source.layers.locate(_AT), "the schemas that it reads"),)
    path = written_at(stream, "namespace")
    return stream.layers.problem("stream-unknown", path, message, f"{first}\n{fix}", related=related)
