"""Schemas that were discovered while their source found changes in another way.

Source: Airbyte's database sources offer fields `_ab_cdc_*`, with the log's position as the cursor, under CDC and only then;
airbytehq/airbyte#26807.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from infra.lake.catalog.cdc_fields import is_cdc_field
from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.catalog.discovered import Discovery
from infra.lake.catalog.fields import properties_of
from infra.lake.documents import KeyPath, Problem, Related, plural
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.stack import Stack
from infra.lake.registry.entries import Source
from infra.lake.registry.entry import Entry, streams_folder
from infra.lake.replication.method import CDC, METHOD_OPTIONS, method_of

# Streams that are named.
_NAMED = 3


def check_replication_state(model: LakeModel) -> Iterator[Problem]:
    """`replication-state`: for a source that no longer reads its database's log, and whose streams have cursors that exist
    only where one does.
    """
    for stack, source, method in _sources(model):
        streams = _without_log(model, stack, source) if method != CDC else []
        if streams:
            yield _lost_cursors(source, method, streams)


def advise_replication_state(model: LakeModel) -> Iterator[Problem]:
    """`replication-state`, a warning: the committed schemas are those of another method than the source's."""
    for _, source, method in _sources(model):
        folder = model.sources.get(streams_folder(source))
        seen = _method_of_discovery(folder.discovery) if folder else None
        if seen not in (None, method):
            yield _stale(source, method, str(seen), folder.discovery if folder else None)


def _sources(model: LakeModel) -> Iterator[tuple[Stack, Entry[Source], str]]:
    for stack in model.stacks.values():
        for source in stack.sources.values():
            method = method_of(source.settings)
            if method is not None:
                yield stack, source, method


def _without_log(model: LakeModel, stack: Stack, source: Entry[Source]) -> list[ConfiguredStream]:
    """The streams of a source, each once, that are read from a cursor of the log; one that is not offered is another
    rule's problem.
    """
    folder = model.sources.get(streams_folder(source))
    offered = folder.discovery.streams if folder else {}
    return [
        stream
        for stream in _synced(stack, source)
        if stream.sync_mode == "incremental"
        and any(map(is_cdc_field, stream.cursor_field[:1]))
        and stream.key in offered
        and stream.cursor_field[0] in properties_of(offered[stream.key].json_schema)
    ]


def _synced(stack: Stack, source: Entry[Source]) -> list[ConfiguredStream]:
    connections = [c.id for c in stack.connections.values() if c.settings.source == source.id]
    return list({stream.written: stream for id_ in connections for stream in stack.streams.get(id_, ())}.values())


def _lost_cursors(source: Entry[Source], method: str, streams: list[ConfiguredStream]) -> Problem:
    message = (
        f"reads by {method}, and {plural(len(streams), 'stream')} {_have(len(streams))} a cursor that exists only "
        "where the database's log is read (CDC)"
    )
    related = tuple(
        Related(stream.layers.locate(), f"the cursor {stream.cursor_field[0]}") for stream in islice(streams, _NAMED)
    )
    return source.layers.problem("replication-state", _at(source), message, _discover(source), related=related)


def _have(count: int) -> str:
    return "has" if count == 1 else "have"


def _stale(source: Entry[Source], method: str, seen: str, discovery: Discovery | None) -> Problem:
    related: tuple[Related, ...] = ()
    if discovery is not None and discovery.provenance is not None:
        related = (Related(discovery.provenance[1].locate(("method",)), f"discovered by {seen}"),)
    message = f"reads by {method}, and its streams were discovered by {seen}: other fields and other cursors"
    return source.layers.problem(
        "replication-state", _at(source), message, _discover(source), related=related, severity="warning"
    )


def _discover(source: Entry[Source]) -> str:
    if source.settings.streams_from:
        return f"the streams are those of {source.settings.streams_from}: let both read by one method, or remove streams_from"
    return f"run: lakeform discover {source.id}; while the server still has the other method, with --from connector or FILE"


def _method_of_discovery(discovery: Discovery) -> str | None:
    return discovery.provenance[0].method if discovery.provenance else None


def _at(source: Entry[Source]) -> KeyPath:
    """The option that says the method, as it is written; the whole configuration where none does."""
    options = source.settings.configuration or {}
    option, key = next((pair for pair in METHOD_OPTIONS.items() if options.get(pair[0])), ("", ""))
    path: KeyPath = ("configuration", option) if option else ("configuration",)
    return (*path, key) if isinstance(options.get(option), dict) else path
