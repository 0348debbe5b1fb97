"""Location: what a code location knows of its lake. Nothing is asked of a server, a catalog or the values of secrets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from infra.base.errors import UserError
from infra.lake.files.feeds import Feed, feeds_of
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.load import load_lake
from infra.lake.model.stack import Stack
from infra.lake.registry.entries import Connection, Source
from infra.lake.registry.entry import Entry
from infra.landing.settings import LandingSettings, choose_landing, read_landing
from infra.landing.types.targets import by_table


@dataclass(frozen=True)
class Location:
    """A landing of a lake.

    Attributes:
        landing: its id.
        feeds: everything that is fed into it, sorted.
        environ: where values of secrets come from, once they are needed.
    """

    model: LakeModel
    landing: str
    feeds: tuple[Feed, ...]
    environ: Mapping[str, str] = field(repr=False)

    @property
    def settings(self) -> LandingSettings:
        """The landing with its secrets. Raises UserError where one has no value."""
        return read_landing(self.model, self.landing, self.environ)

    def stack(self, feed: Feed) -> Stack:
        """The stack of a feed."""
        return self.model.stacks[feed.stack]

    def sources(self) -> Iterator[SourceFeeds]:
        """The sources that have a table here, sorted by id."""
        for source in sorted({feed.source for feed in self.feeds}):
            own = tuple(feed for feed in self.feeds if feed.source == source)
            yield SourceFeeds(self.stack(own[0]).sources[source], by_table(own))

    def connections(self) -> list[tuple[Stack, Entry[Connection]]]:
        """The connections that feed it, sorted by stack and id."""
        found = {(feed.stack, feed.connection.id): (self.stack(feed), feed.connection) for feed in self.feeds}
        return [found[key] for key in sorted(found)]


@dataclass(frozen=True)
class SourceFeeds:
    """A source, and what is fed of it.

    Attributes:
        tables: landing table -> its feeds, the one that says the table's settings first.
    """

    entry: Entry[Source]
    tables: Mapping[str, Sequence[Feed]]

    @property
    def id(self) -> str:
        """Id of the source."""
        return self.entry.id

    def feeds(self, tables: Sequence[str] | None = None) -> list[Feed]:
        """Its feeds, or those of some tables."""
        return [feed for name, own in self.tables.items() if tables is None or name in tables for feed in own]

    def connections(self) -> list[tuple[str, str]]:
        """(stack, connection) of those that read it, sorted."""
        return sorted({(feed.stack, feed.connection.id) for feed in self.feeds()})


def read_location(root: Path, environ: Mapping[str, str]) -> Location:
    """The landing that LAKEFORM_LANDING names, else the only one. Raises UserError, also for a lake with mistakes: half a
    lake would take the assets of the other half away.
    """
    loaded = load_lake(root)
    wrong = [problem for problem in loaded.problems if problem.severity == "error"]
    if wrong:
        first = min(wrong, key=lambda problem: (problem.location.file, problem.location.line))
        raise UserError(f"{first.location}: {first.message}; run: lakeform check")
    landing = choose_landing(loaded.model.registry.lake, None, environ)
    return Location(loaded.model, landing, feeds_of(loaded.model, landing), environ)
