"""Feeding one table: batch after batch, each with its lines of the ledger in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from infra.landing.engine.engine import ConflictError, Engine, EngineError
from infra.landing.feed.batch import first_batch
from infra.landing.feed.contents import group_files, rows_in
from infra.landing.feed.fed import Fed
from infra.landing.feed.found_file import FoundFile, Listing
from infra.landing.feed.group import Group, Unreadable, why_unreadable
from infra.landing.feed.news import compare
from infra.landing.feed.retire import Completion, retire
from infra.landing.feed.transaction import Batch, look_up, write_batch
from infra.landing.types.target import Target


@dataclass(frozen=True)
class Limits:
    """How much one transaction takes."""

    most_bytes: int
    most_rows: int


def feed_listing(
    engine: Engine,
    target: Target,
    listing: Listing,
    limits: Limits,
    completion: Completion,
    *,
    retry: bool = False,
) -> Fed:
    """Feed everything of a listing that is new, in bounded transactions. Raises UserError; what is committed stays.

    A file that cannot be read is put into quarantine, with the reason, and never stops the others.
    """
    fed, settled = Fed(target.name), set[str]()
    while True:
        state = look_up(engine, target.name)
        news = compare(listing, state.ledger, retry=retry)
        candidates = [file for file in news.new if file.path not in settled]
        if not candidates:
            break
        rows = rows_in(engine, candidates[:1000], target.file_format)
        some = first_batch(candidates, most_bytes=limits.most_bytes, most_rows=limits.most_rows, rows=rows)
        settled |= _settle(engine, target, listing.connection, some, fed)
    retire(engine, target, listing, completion, fed)
    for file in (*news.waiting, *news.changed):
        entry = state.ledger.get(file.path)
        fed.problems.setdefault(
            file.path, entry.reason if entry and entry.reason else "it was re-written since it was fed"
        )
    return fed


def _settle(engine: Engine, target: Target, connection: str, files: Sequence[FoundFile], fed: Fed) -> set[str]:
    """Feed files in one transaction; where something in them cannot be read, in halves, until the file is found.

    Returns the paths that are done with; those that another writer took meanwhile come again.
    """
    found = list(group_files(engine, files, target.file_format, {**target.declared, **target.asked}))
    readable = [group for group in found if isinstance(group, Group)]
    bad = [group for group in found if isinstance(group, Unreadable)]
    try:
        write_batch(engine, target, Batch(connection, readable, bad), fed)
        return {file.path for file in files}
    except ConflictError:
        return set()
    except EngineError as error:
        rest = [file for group in readable for file in group.files]
        if len(rest) == 1:
            return _settle_unreadable(
                engine, target, connection, [*bad, Unreadable(rest[0], why_unreadable(engine, rest[0], error))], fed
            )
    settled = _settle_unreadable(engine, target, connection, bad, fed) if bad else set()
    middle = len(rest) // 2
    for half in (rest[:middle], rest[middle:]):
        settled |= _settle(engine, target, connection, half, fed)
    return settled


def _settle_unreadable(
    engine: Engine, target: Target, connection: str, bad: Sequence[Unreadable], fed: Fed
) -> set[str]:
    write_batch(engine, target, Batch(connection, [], bad), fed)
    return {unreadable.file.path for unreadable in bad}
