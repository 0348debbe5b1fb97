"""Unfed files: what a look at the recent folders finds that the ledger does not know, without feeding it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from infra.lake.files.feeds import Feed
from infra.landing.engine.engine import Engine
from infra.landing.feed.found_file import FoundFile
from infra.landing.feed.ledger import read_ledgers
from infra.landing.feed.look import Folders
from infra.landing.feed.news import compare
from infra.landing.types.targets import by_table


def unfed_files(
    engine: Engine, folders: Folders, feeds: Sequence[Feed], days: Sequence[date]
) -> dict[str, tuple[FoundFile, ...]]:
    """Table -> its files that a run would feed now, sorted; without the tables that have none.

    Only the ledger's lines about the files that were found are read. Raises UserError.
    """
    looked = {name: [folders.look(engine, feed, days) for feed in own] for name, own in by_table(feeds).items()}
    paths = sorted({file.path for listings in looked.values() for listing in listings for file in listing.files})
    if not paths:
        return {}
    with engine.reading():
        known = read_ledgers(engine, sorted(looked), paths)
    found = {
        name: sorted({file for listing in listings for file in compare(listing, known[name]).new})
        for name, listings in looked.items()
    }
    return {name: tuple(files) for name, files in sorted(found.items()) if files}
