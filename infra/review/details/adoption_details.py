"""What the apply makes of an object that is taken over, whatever it was."""

from __future__ import annotations

from collections.abc import Iterator

from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.documents import plural, some
from infra.lake.registry.entries import Actor, Connection
from infra.lake.registry.entry import Entry, actor_name, cron_of
from infra.review.details.change import Detail
from infra.review.details.connection_details import namespace_words
from infra.review.details.schedule import schedule_words
from infra.review.details.stream_details import full_name, mode_of
from infra.review.sides.side import Side

# Streams that a text names.
_SHOWN = 8


def adopted_connection(head: Side, entry: Entry[Connection]) -> Iterator[Detail]:
    """The settings and streams that Airbyte's connection gets: the files do not say which of them it has already."""
    stack = head.model.stacks[entry.stack]
    yield _set(entry.path, _connection(stack.known_name(entry), entry))
    yield _set(f"{entry.path}.streams", _streams(stack.streams.get(entry.id, ())))


def adopted_actor(entry: Entry[Actor]) -> Iterator[Detail]:
    """The settings that Airbyte's source or destination gets."""
    options = ", ".join(sorted(entry.settings.configuration or {})) or "empty"
    resources = " and resource_allocation" if entry.settings.resource_allocation else ""
    yield _set(entry.path, f'sets name "{actor_name(entry)}"{resources}, and the whole configuration: {options}')


def _set(path: str, text: str) -> Detail:
    return Detail("set-by-adoption", path, None, None, text)


def _connection(name: str | None, entry: Entry[Connection]) -> str:
    connection, schedule = entry.settings, str(cron_of(entry) or "manual")
    prefix = f'prefix "{connection.prefix}"' if connection.prefix else "no prefix"
    named = "the name that its ends give" if name is None else f'name "{name}"'
    return (
        f"sets {named}, schedule {schedule_words(schedule)}, namespace {namespace_words(connection)}, {prefix}, "
        f"status {connection.status}, schema changes {connection.schema_changes}"
    )


def _streams(streams: tuple[ConfiguredStream, ...]) -> str:
    names = [f"{full_name(stream)} ({mode_of(stream)}, {_columns(stream)})" for stream in streams]
    return f"syncs {plural(len(streams), 'stream')} and no other: {some(names, _SHOWN)}"


def _columns(stream: ConfiguredStream) -> str:
    fields = "all fields" if stream.fields is None else plural(len(stream.fields), "field")
    return f"{fields}, {plural(len(stream.mappers), 'mapper')}" if stream.mappers else fields
