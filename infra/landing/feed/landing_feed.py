"""Feeding a landing: every table that is asked for, one after the other; one that fails never stops the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from infra.base.errors import UserError
from infra.base.json_value import Json
from infra.lake.documents import plural
from infra.lake.files.feeds import Feed
from infra.landing.engine.engine import Engine
from infra.landing.engine.opening import open_engine
from infra.landing.feed.empty_root import why_held
from infra.landing.feed.ended import NOTHING_ENDED, Ended
from infra.landing.feed.fed import Fed, failures
from infra.landing.feed.feeding import feed_listing
from infra.landing.feed.found_file import Listing
from infra.landing.feed.generations import Retention
from infra.landing.feed.ledger import known_paths, note_listing, prepare
from infra.landing.feed.look import Folders, recent_days
from infra.landing.feed.renames import note_renames
from infra.landing.feed.retire import Completion
from infra.landing.feed.state import State, look_up, now
from infra.landing.feed.tables import DROPPED, tables_there
from infra.landing.settings import LandingSettings
from infra.landing.types.targets import by_table, target_of


@dataclass(frozen=True)
class Wish:
    """What is to be fed.

    Attributes:
        everything: look at all folders, not the recent ones alone.
        retry: try what is in quarantine again.
        ended: (stack, connection, stem) -> what the server says; empty where nobody asked one.
    """

    everything: bool = True
    retry: bool = False
    ended: Mapping[tuple[str, str, str], Ended] = field(default_factory=dict)


@dataclass(frozen=True)
class Done:
    """What became of it.

    Attributes:
        tables: what was fed, sorted by table.
        unfinished, unknown: files that were left alone: somebody writes them, or no stream has such a name.
    """

    tables: tuple[Fed, ...]
    unfinished: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """True if something needs somebody's eyes."""
        return any(fed.problems or fed.failure for fed in self.tables)

    def lines(self) -> Iterator[str]:
        """What people should know beside the numbers."""
        yield from failures(self.tables)
        for fed in self.tables:
            yield from (f"{fed.table}: {note}" for note in fed.notes)
            yield from (f"{path}: {reason}" for path, reason in sorted(fed.problems.items()))
        if self.unfinished:
            yield f"{plural(len(self.unfinished), 'file')} still being written, for example {self.unfinished[0]}"
        if self.unknown:
            yield f"{plural(len(self.unknown), 'file')} that no stream has, for example {self.unknown[0]}"

    def to_json(self) -> Json:
        """For `--format json`."""
        return {
            "tables": [fed.to_json() for fed in self.tables],
            "unfinished": list(self.unfinished),
            "unknown": list(self.unknown),
        }


def feed_landing(
    settings: LandingSettings, feeds: Sequence[Feed], chosen: Sequence[Feed], wish: Wish, tell: Callable[[str], None]
) -> Done:
    """Feed the tables of the chosen feeds; `feeds`: all of the landing. Raises UserError where the lake cannot be reached."""
    days = None if wish.everything else recent_days(datetime.now(UTC).date(), settings.recent)
    folders, tables, looked = folders_of(settings, feeds), list[Fed](), list[Listing]()
    with open_engine(settings) as engine:
        prepare(engine)
        note_renames(engine)
        for source in sorted({feed.source for feed in chosen}):
            tell(f"feeding {source}")
            run = SourceRun(engine, folders, days, wish, looked)
            tables += run.feed_source([feed for feed in chosen if feed.source == source])
        unknown = unknown_files(engine, looked)
        if wish.everything:
            note_look(engine, looked, unknown)
    unfinished = sorted({path for listing in looked for path in listing.unfinished})
    return Done(tuple(sorted(tables, key=lambda fed: fed.table)), tuple(unfinished), unknown)


def folders_of(settings: LandingSettings, feeds: Sequence[Feed]) -> Folders:
    """Where the files of a landing are. Raises UserError where the name of a bucket has no value."""
    one_of_each = {feed.files.layout.bucket: feed for feed in feeds}
    return Folders({bucket: root_of(settings, feed) for bucket, feed in one_of_each.items()}, feeds)


def root_of(settings: LandingSettings, feed: Feed) -> str:
    """What the paths of a feed's files begin with, before their key in the bucket. Raises UserError."""
    return f"{settings.text(feed.files.layout.bucket)}/"


@dataclass(frozen=True)
class SourceRun:
    """One run over the tables of a source.

    Attributes:
        days: whose folders are looked at; None for all.
        looked: what was found is added here.
    """

    engine: Engine
    folders: Folders
    days: Sequence[date] | None
    wish: Wish
    looked: list[Listing]

    def feed_source(self, feeds: Sequence[Feed]) -> Iterator[Fed]:
        """Feed the tables of a source, one after the other; a table that fails says so and never stops the next.

        The ledger is read at once: a query for each table costs more than most ticks.
        """
        tables = by_table(feeds)
        known, there = look_up(self.engine, sorted(tables)), tables_there(self.engine)
        for name, own in tables.items():
            yield self._feed_table(own, known[name], there=name in there)

    def _feed_table(self, feeds: Sequence[Feed], known: State, *, there: bool) -> Fed:
        target = target_of(feeds[0])
        fed = Fed(target.name)
        if not there and any(entry.has_rows for entry in known.ledger.values()):
            fed.notes.append(DROPPED)
        for number, feed in enumerate(feeds):
            try:
                listing = self.folders.look(self.engine, feed, self.days)
                self._refuse_no_folder(feed, listing, known)
                self.looked.append(listing)
                state, completion = (
                    None if number else known,
                    self._completion(feed, why_held(self.engine, self.folders, feed, listing, known)),
                )
                done = feed_listing(self.engine, target, listing, completion, state, retry=self.wish.retry)
                fed.add(done)
            except UserError as error:
                fed.failure = str(error)
        return fed

    def _refuse_no_folder(self, feed: Feed, listing: Listing, known: State) -> None:
        """Raise UserError where even the bucket's folder is gone: a disk that is not there is no sync without rows."""
        folder = self.engine.settings.raw + self.folders.root_of(feed)
        fed = [path for path, entry in known.ledger.items() if entry.event == "fed" and listing.covers(path)]
        if fed and not folder.startswith("s3://") and not Path(folder).is_dir():
            raise UserError(
                f"the folder {folder} is not there, and {plural(len(fed), 'file')} of it had been fed: make it available, or "
                f"look at lake.landings.{self.engine.settings.id}.raw"
            )

    def _completion(self, feed: Feed, held: str) -> Completion:
        settings = self.engine.settings
        ended = self.wish.ended.get((feed.stack, feed.connection.id, feed.stream.stem), NOTHING_ENDED)
        return Completion(Retention(settings.raw_retention, settings.raw_for_ever), settings.settle, ended, held)


def unknown_files(engine: Engine, looked: Sequence[Listing]) -> tuple[str, ...]:
    """The names that no stream has, and none had: files that were fed under another pattern or format are known."""
    strange = {path for listing in looked for path in listing.unknown}
    if not strange:
        return ()
    with engine.reading():
        return tuple(sorted(strange - known_paths(engine, strange)))


def note_look(engine: Engine, looked: Sequence[Listing], unknown: Sequence[str]) -> None:
    """Add to the ledger one line about a full look at everything that was asked for."""
    files = [file for listing in looked for file in listing.files]
    line = {
        "written_at": now(),
        "everything": True,
        "files": len(files),
        "bytes": sum(file.size for file in files),
        "unfinished": sum(len(listing.unfinished) for listing in looked),
        "unknown": len(unknown),
        "example": unknown[0] if unknown else None,
    }
    with engine.writing():
        note_listing(engine, line)
