"""Feeding one table: batch after batch, each with its lines of the ledger in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from infra.base.errors import UserError
from infra.landing.engine.engine import ConflictError, Engine, EngineError
from infra.landing.feed.batch import Batch, first_batch
from infra.landing.feed.contents import group_files, rows_in
from infra.landing.feed.fed import Fed
from infra.landing.feed.found_file import FoundFile, Listing
from infra.landing.feed.group import Group, Unreadable, why_unreadable
from infra.landing.feed.news import compare
from infra.landing.feed.retire import Completion, retire
from infra.landing.feed.state import State, look_up
from infra.landing.feed.transaction import write_batch
from infra.landing.types.target import Target

# A conflict means that somebody else got on; so many without anybody getting on are something else.
MOST_CONFLICTS = 20


def feed_listing(
    engine: Engine,
    target: Target,
    listing: Listing,
    completion: Completion,
    state: State | None = None,
    *,
    retry: bool = False,
) -> Fed:
    """Feed everything of a listing that is new, in bounded transactions. Raises UserError; what is committed stays.

    `state`: what the ledger said when somebody looked at it, for many tables at once; without it, it is looked at here.
    A file that cannot be read is put into quarantine, with the reason, and never stops the others.
    """
    fed, settled, idle = Fed(target.name), set[str](), 0
    state = state or look_up(engine, [target.name])[target.name]
    while True:
        news = compare(listing, state.ledger, retry=retry)
        candidates = [file for file in news.new if file.path not in settled]
        if not candidates:
            break
        rows = rows_in(engine, candidates[:1000], target.file_format)
        some = first_batch(candidates, engine.settings.batch_bytes, engine.settings.batch_rows, rows)
        before, state = state, _settle(engine, target, Batch(listing.connection, ()), some, fed, state)
        settled |= {file.path for file in some if file.path in state.ledger}
        idle = 0 if state.batch > before.batch else idle + 1
        if idle > MOST_CONFLICTS:
            raise UserError(f"{target.name}: its catalog refused {idle} transactions, one after the other")
    retire(engine, target, listing, completion, fed, state)
    for file in (*news.waiting, *news.changed):
        entry = state.ledger.get(file.path)
        fed.problems.setdefault(
            file.path, entry.reason if entry and entry.reason else "it was re-written since it was fed"
        )
    return fed


def _settle(engine: Engine, target: Target, batch: Batch, files: Sequence[FoundFile], fed: Fed, state: State) -> State:
    """Feed files in one transaction; where something in them cannot be read, in halves, until the file is found.

    Returns what the ledger says then: of what another writer fed meanwhile, too. `batch`: whose connection they are of.
    """
    found = list(group_files(engine, files, target.file_format, {**target.declared, **target.asked}))
    readable = [group for group in found if isinstance(group, Group)]
    bad = [group for group in found if isinstance(group, Unreadable)]
    try:
        return write_batch(engine, target, replace(batch, groups=readable, unreadable=bad), fed, state)
    except ConflictError:
        return look_up(engine, [target.name])[target.name]
    except EngineError as error:
        rest = [file for group in readable for file in group.files]
        if len(rest) == 1:
            bad.append(Unreadable(rest[0], why_unreadable(engine, rest[0], error)))
            return write_batch(engine, target, replace(batch, unreadable=bad), fed, state)
    if bad:
        state = write_batch(engine, target, replace(batch, unreadable=bad), fed, state)
    middle = len(rest) // 2
    for half in (rest[:middle], rest[middle:]):
        state = _settle(engine, target, batch, half, fed, state)
    return state
