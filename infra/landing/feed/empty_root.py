"""Empty roots: a bucket without a file of anybody is a disk or a prefix that is not there, rather than what syncs did."""

from __future__ import annotations

import os
from pathlib import Path

from infra.lake.documents import plural
from infra.lake.files.feeds import Feed
from infra.landing.engine.engine import Engine
from infra.landing.feed.found_file import Listing
from infra.landing.feed.ledger import living_tables
from infra.landing.feed.look import Folders
from infra.landing.feed.state import State


def why_held(engine: Engine, folders: Folders, feed: Feed, listing: Listing, known: State) -> str:
    """Why this listing cannot say that everything is gone, and what to do; "" where it can. Raises UserError.

    Where one table alone had been fed from the bucket, its own folder tells that the place is there.
    """
    had_rows = any(entry.has_rows and listing.covers(path) for path, entry in known.ledger.items())
    if not listing.full or listing.files or not had_rows or folders.has_files(engine, feed):
        return ""
    root = folders.root_of(feed)
    with engine.reading():
        tables = living_tables(engine, root)
    if len(tables) == 1 and _is_there(engine.settings.raw + root, feed.files.prefix, listing):
        return ""
    return (
        f"no file of any stream is left in {engine.settings.raw}{root}, and {plural(len(tables), 'table')} had been fed from "
        f"there, so their rows stay: make it available, or look at lake.landings.{engine.settings.id}.raw; if syncs without "
        "rows emptied it, say so by: lakeform landing feed --server, or: lakeform landing replay SOURCE STREAM --all "
        "--drop-vanished"
    )


def _is_there(bucket: str, prefix: str, listing: Listing) -> bool:
    """True if something tells that the bucket is the one that it was; in S3 there are no folders that could."""
    if listing.unfinished or listing.unknown or bucket.startswith("s3://"):
        return bool(listing.unfinished or listing.unknown)
    return Path((bucket + prefix).rpartition("/")[0]).is_dir() and bool(os.listdir(bucket))
