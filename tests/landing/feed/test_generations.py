"""Which rows are alive, by the last entries of a connection's files, and by what a server says."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from infra.airbyte.server.remote import Job, RefreshJob
from infra.landing.feed.batch import first_batch
from infra.landing.feed.ended import Ended, ended_jobs, told
from infra.landing.feed.found_file import FoundFile, Listing
from infra.landing.feed.generations import Alive, Retention, epoch_of, living
from infra.landing.feed.ledger_entry import Contents, Event, LedgerEntry
from infra.landing.feed.news import ATTEMPTS, compare

DAY = 86_400_000_000
HOUR = DAY // 24
NOW = 1000 * DAY


def entry(
    name: str,
    event: Event = "fed",
    generation: int | None = 1,
    *,
    epoch: int = 1,
    written: int = NOW - HOUR,
    at: int = NOW,
    extracted: int = NOW - HOUR,
    sync: int | None = None,
    attempt: int = 0,
    connection: str = "c",
) -> LedgerEntry:
    pair = None if generation is None else (generation, generation)
    contents = Contents(1, pair, (extracted, extracted), sync)
    return LedgerEntry(FoundFile(name, 10, written), event, 1, at, connection, epoch, contents, attempt)


def alive(
    *entries: LedgerEntry, overwrite: bool = True, settle: int = 0, now: int = NOW, held: bool = False, **retention: Any
) -> Alive:
    settled = timedelta(microseconds=settle)
    return living(entries, overwrite=overwrite, retention=Retention(**retention), now=now, settle=settled, held=held)


SAME = Alive(None, "same")
UNCLEAR = Alive(None, "unclear")


@pytest.mark.parametrize("overwrite", [True, False])
def test_nothing_dies_while_a_file_of_an_older_generation_is_there(overwrite: bool) -> None:
    """A sync that failed leaves both."""
    assert alive(entry("a"), entry("b", generation=2), overwrite=overwrite) == SAME
    assert alive(entry("a", "vanished"), entry("b"), entry("c", generation=2), overwrite=overwrite) == SAME
    assert alive(entry("a"), entry("b", generation=3), entry("c", "vanished", 2), overwrite=overwrite) == SAME


@pytest.mark.parametrize("overwrite", [True, False])
def test_what_is_gone_was_replaced_where_a_newer_generation_is_there(overwrite: bool) -> None:
    """A sync with overwrite that succeeded, and a refresh that removes."""
    found = alive(entry("a", "vanished"), entry("b", "vanished"), entry("c", generation=3), overwrite=overwrite)
    assert found == Alive((1, 3), "replaced")


def test_a_generation_that_lost_a_file_of_its_own_is_alive() -> None:
    assert alive(entry("a", "vanished", 2), entry("b", generation=2)) == SAME
    assert alive(entry("a", "vanished", 3), entry("b", generation=2)) == SAME


def test_everything_gone_is_a_sync_without_rows_or_a_clear_once_it_has_settled() -> None:
    gone = [entry("a", "vanished", 1, at=NOW - HOUR), entry("b", "vanished", 4, at=NOW - HOUR)]
    assert alive(*gone, settle=HOUR) == Alive((1, 5), "emptied")
    assert alive(*gone, settle=HOUR + 1) == SAME
    assert alive(*gone, settle=HOUR, overwrite=False) == Alive((1, 5), "emptied")
    # The time runs from the last one that went.
    assert alive(gone[0], entry("b", "vanished", 4), settle=HOUR) == SAME


def test_everything_gone_with_the_files_of_all_others_is_told_at_once_and_held() -> None:
    gone = entry("a", "vanished", 1)
    for settle in (0, HOUR):
        assert alive(gone, settle=settle, held=True) == Alive(None, "held")
    old = entry("a", "vanished", 1, written=NOW - 40 * DAY)
    assert alive(old, held=True) == UNCLEAR
    assert alive(old, held=True, never=True) == Alive(None, "held")
    assert alive(gone, entry("b", generation=2), held=True) == Alive((1, 2), "replaced")


def test_a_rule_of_the_bucket_looks_like_it() -> None:
    old = entry("a", "vanished", 1, written=NOW - 40 * DAY, at=NOW)
    assert alive(old, overwrite=False) == UNCLEAR
    assert alive(old, overwrite=True) == UNCLEAR
    assert alive(old, age=timedelta(days=30)) == UNCLEAR
    assert alive(old, age=timedelta(days=50)) == Alive((1, 2), "emptied")
    assert alive(old, never=True) == Alive((1, 2), "emptied")
    newer = entry("b", generation=2, written=NOW - 2 * DAY)
    assert alive(old, newer, overwrite=False) == UNCLEAR
    assert alive(old, newer, overwrite=False, never=True) == Alive((1, 2), "replaced")
    assert alive(old, newer, overwrite=True) == Alive((1, 2), "replaced")
    assert alive(old, newer, overwrite=True, age=timedelta(days=30)) == UNCLEAR
    assert alive(old, newer, overwrite=False, age=timedelta(days=50)) == Alive((1, 2), "replaced")


def test_the_youngest_of_what_is_gone_tells() -> None:
    old, young = entry("a", "vanished", written=NOW - 40 * DAY), entry("b", "vanished", written=NOW - HOUR)
    assert alive(old, young, entry("c", generation=2), overwrite=False) == Alive((1, 2), "replaced")
    assert alive(old, young, overwrite=False) == Alive((1, 2), "emptied")


def test_refresh_and_retain_keeps_all() -> None:
    assert alive(entry("a", generation=1), entry("b", generation=2), overwrite=False) == SAME


def test_a_connection_in_the_place_of_another_is_newer_whatever_it_counts() -> None:
    old = entry("a", "vanished", 9, epoch=1)
    assert alive(old, entry("b", generation=1, epoch=2)) == Alive((2, 1), "replaced")
    assert alive(entry("a", generation=9, epoch=1), entry("b", generation=1, epoch=2)) == SAME


def test_files_without_generations_and_without_rows_say_nothing() -> None:
    assert alive(entry("a", "vanished", None), entry("b", generation=2)) == SAME
    assert alive(entry("a", "quarantined", 1), entry("b", "dead", 2), entry("c", "forgotten", 3)) == SAME
    assert alive() == SAME


@pytest.mark.parametrize(
    ("generation", "extracted", "seen", "epoch"),
    [
        (1, 10, {}, 1),
        (2, 10, {(1, 1): 5}, 1),
        (1, 10, {(1, 1): 5}, 1),
        (1, 10, {(1, 5): 9}, 2),
        (1, 10, {(1, 5): 10}, 1),
        (1, 4, {(1, 5): 9}, 1),
        (1, 8, {(1, 5): 9, (1, 3): 2}, 1),
        (1, 10, {(2, 5): 9}, 1),
    ],
)
def test_the_epoch_of_a_file(generation: int, extracted: int, seen: dict[tuple[int, int], int], epoch: int) -> None:
    assert epoch_of(Contents(1, (generation, generation), (extracted, extracted)), 1, seen) == epoch


def test_files_that_say_nothing_are_of_the_current_epoch() -> None:
    assert epoch_of(Contents(1, None, (9, 9)), 4, {(4, 5): 1}) == 4
    assert epoch_of(Contents(1, (1, 1), None), 4, {(4, 5): 1}) == 4
    assert epoch_of(Contents(), 4, {(4, 5): 1}) == 4


FILE = FoundFile("a", 10, 5)


@pytest.mark.parametrize(
    ("event", "attempt", "same", "retry", "kind"),
    [
        ("fed", 0, True, False, "known"),
        ("fed", 0, False, False, "changed"),
        ("changed", 0, True, False, "waiting"),
        ("changed", 0, False, False, "changed"),
        ("vanished", 0, True, False, "returned"),
        ("vanished", 0, False, False, "changed"),
        ("dead", 0, True, False, "known"),
        ("dead", 0, False, False, "new"),
        ("forgotten", 0, True, False, "new"),
        ("quarantined", 1, True, False, "new"),
        ("quarantined", ATTEMPTS, True, False, "waiting"),
        ("quarantined", ATTEMPTS, True, True, "new"),
        ("quarantined", ATTEMPTS, False, False, "new"),
        (None, 0, True, False, "new"),
    ],
)
def test_what_a_listing_says(event: Event | None, attempt: int, same: bool, retry: bool, kind: str) -> None:
    before = FILE if same else FoundFile("a", 11, 5)
    ledger = {} if event is None else {"a": LedgerEntry(before, event, 1, 1, "c", attempt=attempt)}
    news = compare(Listing("c", True, (FILE,)), ledger, retry=retry)
    assert {name for name in ("new", "changed", "returned", "waiting") if getattr(news, name)} == {kind} - {"known"}
    assert news.vanished == ()


def test_only_a_full_listing_of_the_same_connection_says_what_is_gone() -> None:
    events: dict[str, Event] = {"a": "fed", "b": "changed", "c": "quarantined", "d": "dead"}
    events |= {"e": "vanished", "f": "forgotten"}
    ledger = {name: entry(name, event) for name, event in events.items()}
    ledger["g"] = entry("g", connection="other")
    assert [one.file.path for one in compare(Listing("c", True, ()), ledger).vanished] == ["a", "b", "c"]
    assert compare(Listing("c", False, ()), ledger).vanished == ()


def test_what_is_in_quarantine_is_missed_also_where_no_file_is_called_so_any_more() -> None:
    ledger = {name: entry(name, "quarantined") for name in ("old/a", "new/b", "other/c")}
    ledger |= {name: entry(name) for name in ("old/d", "new/e")}
    listing = Listing("c", True, (), pattern=re.compile("new/.*"), others=(re.compile("other/.*"),))
    assert [one.file.path for one in compare(listing, ledger).vanished] == ["new/b", "new/e", "old/a"]


def test_new_files_are_in_the_order_of_their_writing() -> None:
    files = (FoundFile("a", 1, 9), FoundFile("b", 1, 3), FoundFile("c", 1, 3))
    assert [file.path for file in compare(Listing("c", True, files), {}).new] == ["b", "c", "a"]


def test_batches_end_where_bytes_or_rows_do_and_hold_one_file_at_least() -> None:
    files = [FoundFile(str(n), 100, n) for n in range(5)]
    assert first_batch(files, 250, 10**6, {}) == tuple(files[:2])
    assert first_batch(files, 50, 10**6, {}) == tuple(files[:1])
    assert first_batch(files, 10**6, 18, {}) == tuple(files[:3])
    assert first_batch(files, 10**6, 18, {"0": 1, "1": 1, "2": 1}) == tuple(files[:5])
    assert first_batch(files, 10**6, 5, {"0": 9}) == tuple(files[:1])
    assert first_batch([], 1, 1, {}) == ()


def test_a_server_says_that_a_sync_replaced_or_emptied_the_table() -> None:
    old, new = entry("a", generation=1, sync=5), entry("b", generation=2, sync=7)
    assert told([old, new], Ended(synced=7), overwrite=True) == Alive((1, 2), "replaced")
    assert told([old, new], Ended(synced=7), overwrite=False) is None
    assert told([old, new], Ended(synced=5), overwrite=True) == Alive((1, 1), "replaced")
    # A sync without files of its own: this stream may not have been in it, where there are files of others.
    assert told([old, new], Ended(synced=9), overwrite=True) is None
    gone = [entry("a", "vanished", 1, sync=5), entry("b", "vanished", 2, sync=7)]
    assert told(gone, Ended(synced=9), overwrite=True) == Alive((1, 3), "emptied")
    assert told(gone, Ended(synced=7), overwrite=True) == Alive((1, 2), "replaced")
    assert told([old], Ended(), overwrite=True) is None
    assert told([], Ended(synced=9), overwrite=True) is None
    assert told([entry("a", "dead", 1, sync=5)], Ended(synced=9), overwrite=True) is None


@pytest.mark.parametrize("overwrite", [True, False])
def test_a_server_says_that_a_stream_was_cleared(overwrite: bool) -> None:
    old, new = entry("a", generation=1, sync=5), entry("b", generation=2, sync=9)
    assert told([old], Ended(cleared=8), overwrite=overwrite) == Alive((1, 2), "emptied")
    assert told([old, new], Ended(cleared=8), overwrite=overwrite) == Alive((1, 2), "replaced")
    assert told([new], Ended(cleared=8), overwrite=False) is None


def job(number: int, kind: str = "sync", status: str = "succeeded") -> Job:
    return Job(number, "c", kind, status, "2026-01-01T00:00:00Z")


def test_the_newest_jobs_that_succeeded_count() -> None:
    jobs = [job(1), job(2, "reset"), job(3, "refresh"), job(4, status="failed"), job(5, "clear")]
    clears = [
        RefreshJob(job(2, "reset"), frozenset([("", "users")])),
        RefreshJob(job(5, "clear"), frozenset([("", "orders")])),
        RefreshJob(job(3, "refresh"), frozenset()),
        RefreshJob(job(6, "clear", "failed"), frozenset()),
    ]
    assert ended_jobs(jobs, clears, ("", "users")) == Ended(3, 2)
    assert ended_jobs(jobs, clears, ("", "orders")) == Ended(3, 5)
    assert ended_jobs(jobs, clears, ("", "other")) == Ended(3, None)
    # A clear that names no stream is of all.
    assert ended_jobs(jobs, [*clears, RefreshJob(job(7, "clear"), frozenset())], ("", "other")) == Ended(3, 7)
    assert ended_jobs([], [], ("", "users")) == Ended()
