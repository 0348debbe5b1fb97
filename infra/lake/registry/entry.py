"""Entry: a source, destination or connection as it is in one stack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from infra.lake.registry.cron import Cron
from infra.lake.registry.draft import Draft
from infra.lake.registry.entries import Actor, Connection, EntrySettings, Source, title_of

S_co = TypeVar("S_co", bound=EntrySettings, covariant=True)


@dataclass(frozen=True)
class Entry(Draft, Generic[S_co]):
    """A draft that fits its model.

    Attributes:
        settings: what it says, checked: a Source, Destination or Connection.
    """

    settings: S_co


def actor_name(actor: Entry[Actor]) -> str:
    """The name of a source or destination in Airbyte; default: its id in title case."""
    return actor.settings.name or title_of(actor.id)


def cron_of(connection: Entry[Connection]) -> Cron | None:
    """When a connection starts; None for one that starts by hand only."""
    schedule = connection.settings.schedule
    return None if schedule == "manual" else schedule.cron_of(connection.id)


def streams_folder(source: Entry[Source]) -> str:
    """The folder below dag/streams/ and dag/sources/ with the files of a source, its own or those that it borrows."""
    return source.settings.streams_from or source.id
