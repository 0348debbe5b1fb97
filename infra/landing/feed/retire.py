"""What a listing tells beside files to feed: lines of the ledger, and rows that a newer generation has replaced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from infra.landing.engine.engine import Engine
from infra.landing.feed.ended import NOTHING_ENDED, Ended, told
from infra.landing.feed.fed import Fed
from infra.landing.feed.found_file import Listing
from infra.landing.feed.generations import Age, Alive, Retention, age_of, living
from infra.landing.feed.ledger import append, next_batch, note_batch
from infra.landing.feed.ledger_entry import Event, LedgerEntry
from infra.landing.feed.news import compare
from infra.landing.feed.state import State, now, read_state
from infra.landing.feed.tables import columns_of
from infra.landing.types.target import Target


@dataclass(frozen=True)
class Completion:
    """How it is known that a generation is whole.

    Attributes:
        settle: how long nothing may have happened before "everything is gone" is believed.
        ended: what a server says; nothing where nobody asked one.
        held: why files cannot say that everything is gone, and what to do; "" where they can.
    """

    retention: Retention
    settle: timedelta
    ended: Ended = NOTHING_ENDED
    held: str = ""


@dataclass(frozen=True)
class _Outcome:
    """What is to be written: lines of the ledger, and what lives afterwards."""

    lines: tuple[LedgerEntry, ...]
    alive: Alive
    dead: tuple[LedgerEntry, ...]


def retire(engine: Engine, target: Target, listing: Listing, completion: Completion, fed: Fed, known: State) -> None:
    """Write down what was re-written, came back or vanished; take out rows that are replaced, where the listing is full.

    A file that vanishes never takes rows with it by itself. Raises UserError.
    """
    outcome = _outcome(target, listing, known, completion, 0, now())
    if outcome.alive.verdict == "unclear":
        fed.notes.append(
            f"the files of older generations of {listing.connection} are gone, and files alone do not say why: their rows "
            "stay; say raw_retention in the landing, or take them out: lakeform landing replay --drop-vanished"
        )
    if outcome.alive.verdict == "held":
        fed.failure = completion.held
    if target.register:
        gone = (line.file.path for line in outcome.lines if line.event == "vanished")
        fed.problems.update(dict.fromkeys(gone, _BROKEN))
    if not outcome.lines and not outcome.dead:
        return
    with engine.writing(target.name):
        number, at = next_batch(engine, target.name), now()
        state = known if known.batch == number - 1 else read_state(engine, target.name)
        outcome = _outcome(target, listing, state, completion, number, at)
        append(engine, target.name, [*outcome.lines, *outcome.dead])
        deleted = _delete(engine, target, state.ids_of(listing.connection), outcome)
        own = {"table_name": target.name, "batch": number, "written_at": at, "connection": listing.connection}
        note_batch(engine, {**own, **_noted(outcome), "deleted": deleted})
    fed.deleted += deleted


def _outcome(target: Target, listing: Listing, state: State, completion: Completion, number: int, at: int) -> _Outcome:
    lines = tuple(_lines(listing, state.ledger, number, at))
    after = {**state.ledger, **{line.file.path: line for line in lines}}
    mine = [entry for entry in after.values() if entry.connection == listing.connection]
    alive = Alive(None, "same")
    if listing.full:
        # Of files that are called otherwise nobody knows whether they are there; what replaces them takes their rows too.
        alive = living(
            [entry for entry in mine if listing.covers(entry.file.path)],
            overwrite=target.overwrite,
            retention=completion.retention,
            now=at,
            settle=completion.settle,
            held=bool(completion.held),
        )
    if (known := told(mine, completion.ended, overwrite=target.overwrite)) is not None:
        alive = known
    dead = [entry for entry in mine if alive.since and _is_older(entry, alive.since)]
    # One line for a path in a batch: of two, nobody could say which is the last.
    buried = {entry.file.path for entry in dead}
    lines = tuple(line for line in lines if line.file.path not in buried)
    return _Outcome(lines, alive, tuple(replace(e, event="dead", batch=number, at=at, reason=_WHY) for e in dead))


_BROKEN = (
    "it is gone, and the table reads its files where they are, so it cannot be read; "
    "take its rows out: lakeform landing replay SOURCE STREAM --all --drop-vanished"
)
_WHY = "a newer generation took its place"


def _is_older(entry: LedgerEntry, since: Age) -> bool:
    age = age_of(entry)
    return entry.has_rows and age is not None and age < since


def _lines(listing: Listing, ledger: Mapping[str, LedgerEntry], number: int, at: int) -> Iterator[LedgerEntry]:
    news = compare(listing, ledger)
    for file in news.changed:
        before = ledger[file.path]
        reason = f"it was fed with {before.file.size:,} bytes and re-written since; its old rows stay until a replay"
        yield replace(before, file=file, event="changed", batch=number, at=at, reason=reason)
    for file in news.returned:
        yield replace(ledger[file.path], event="fed", batch=number, at=at, reason="")
    for entry in news.vanished:
        event: Event = "vanished" if entry.has_rows else "forgotten"
        yield replace(entry, event=event, batch=number, at=at, reason="")


def _delete(engine: Engine, target: Target, connections: list[str], outcome: _Outcome) -> int:
    if not outcome.dead or outcome.alive.since is None:
        return 0
    if "_airbyte_generation_id" not in (columns_of(engine, target) or {}):
        return 0
    epoch, generation = outcome.alive.since
    found = engine.rows(
        f"DELETE FROM {target.table} WHERE list_contains(?, _lake_connection)"
        " AND (_lake_epoch < ? OR (_lake_epoch = ? AND _airbyte_generation_id < ?))",
        [connections, epoch, epoch, generation],
    )
    return int(found[0][0])


def _noted(outcome: _Outcome) -> dict[str, object]:
    if outcome.alive.since is None or not outcome.dead:
        return {"event": "looked", "files": len(outcome.lines)}
    epoch, generation = outcome.alive.since
    return {"event": outcome.alive.verdict, "epoch": epoch, "generation": generation, "files": len(outcome.lines)}
