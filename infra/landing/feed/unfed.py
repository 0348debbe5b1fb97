"""Unfed files: what a look at the recent folders finds that the ledger does not know, without feeding it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from infra.base.errors import UserError
from infra.lake.files.feeds import Feed
from infra.landing.engine.engine import Engine
from infra.landing.feed.found_file import FoundFile, Listing
from infra.landing.feed.ledger import read_ledgers
from infra.landing.feed.look import Folders
from infra.landing.feed.news import compare
from infra.landing.types.targets import by_table


@dataclass(frozen=True)
class Unfed:
    """What a run would have to do now.

    Attributes:
        files: table -> its files that would be fed, sorted; without the tables that have none.
        failed: table -> why its folders could not be looked at.
    """

    files: Mapping[str, tuple[FoundFile, ...]]
    failed: Mapping[str, str]


def find_unfed(engine: Engine, folders: Folders, feeds: Sequence[Feed], days: Sequence[date]) -> Unfed:
    """Look at the folders of some days. One that cannot be looked at never hides the others.

    Only the ledger's lines about the files that were found are read. Raises UserError where the ledger cannot be.
    """
    looked, failed = dict[str, list[Listing]](), dict[str, str]()
    for name, own in by_table(feeds).items():
        try:
            looked[name] = [folders.look(engine, feed, days) for feed in own]
        except UserError as error:
            failed[name] = str(error)
    paths = sorted({file.path for listings in looked.values() for listing in listings for file in listing.files})
    return Unfed(_new(engine, looked, paths) if paths else {}, failed)


def _new(
    engine: Engine, looked: Mapping[str, Sequence[Listing]], paths: Sequence[str]
) -> Mapping[str, tuple[FoundFile, ...]]:
    with engine.reading():
        known = read_ledgers(engine, sorted(looked), paths)
    found = {
        name: sorted({file for listing in listings for file in compare(listing, known[name]).new})
        for name, listings in looked.items()
    }
    return {name: tuple(files) for name, files in sorted(found.items()) if files}
