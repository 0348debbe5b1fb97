"""A disk that is not mounted, or a wrong prefix: where no file of anybody is left, files alone take no row out of a table."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.support.fed_lakes import DESTINATION, ENTRIES, LOCAL, FedLake, fed_lake
from tests.support.lakes import LAKE

STACK = LAKE.partition("  stacks:\n")[2]
# Nobody but the destination deletes files, and what is gone is believed at once.
AT_ONCE = LOCAL + "      raw_retention: none\n      settle: 1s\n"


@pytest.fixture
def lake(tmp_path: Path) -> FedLake:
    return fed_lake(tmp_path / "lake", STACK, AT_ONCE, DESTINATION.format(bucket="lake", prefix=""), ENTRIES)


def told(lake: FedLake, tables: str, count: str) -> str:
    return (
        f"{tables}: no file of any stream is left in {lake.root}/.lake/raw/lake/, and {count} had been fed from there, so "
        "their rows stay: make it available, or look at lake.landings.here.raw; if syncs without rows emptied it, say so by: "
        "lakeform landing feed --server, or: lakeform landing replay SOURCE STREAM --all --drop-vanished\n"
    )


def feed(lake: FedLake, *words: str) -> tuple[int, str]:
    result = lake.run("feed", "--quiet", *words)
    return result.code, result.out + result.err


def settled(lake: FedLake, *words: str) -> tuple[int, str]:
    """What is told once nothing has come for as long as `settle`."""
    feed(lake, *words)
    time.sleep(1.1)
    return feed(lake, *words)


def unmount(lake: FedLake) -> Path:
    """Leave the bucket's folder as it is without what is mounted there."""
    bucket = lake.root / ".lake/raw/lake"
    away = bucket.rename(lake.root / "away")
    bucket.mkdir()
    return away


def mount(lake: FedLake, away: Path) -> None:
    bucket = lake.root / ".lake/raw/lake"
    bucket.rmdir()
    away.rename(bucket)


def count(lake: FedLake, stem: str) -> str:
    return lake.rows(f"SELECT count(*) FROM faker__{stem}")


def test_a_bucket_without_any_file_empties_no_table(lake: FedLake) -> None:
    for stem in ("users", "products"):
        lake.write(stem, "2026-11-01", {1: "Ada"}, sync=1)
    assert feed(lake) == (0, "")
    away = unmount(lake)
    assert feed(lake) == (1, told(lake, "faker__products and 1 other table", "2 tables"))
    # A look at one stream alone knows of the others, too.
    assert settled(lake, "faker", "products") == (1, told(lake, "faker__products", "2 tables"))
    assert (count(lake, "users"), count(lake, "products")) == ("1", "1")
    mount(lake, away)
    assert feed(lake) == (0, "")
    assert "gone since" not in lake.run("status").out


def test_a_table_beside_others_that_have_files_is_emptied(lake: FedLake) -> None:
    lake.write("users", "2026-11-01", {1: "Ada"}, sync=1)
    gone = lake.write("products", "2026-11-01", {1: "tea"}, sync=1)
    feed(lake)
    gone.unlink()
    assert settled(lake, "faker", "products") == (0, "")
    assert (count(lake, "users"), count(lake, "products")) == ("1", "0")


def test_somebody_says_that_it_was_emptied(lake: FedLake) -> None:
    for stem in ("users", "products"):
        lake.write(stem, "2026-11-01", {1: "Ada"}, sync=1)
    feed(lake)
    unmount(lake)
    feed(lake)
    for stem in ("users", "products"):
        assert lake.run("replay", "faker", stem, "--all", "--drop-vanished").code == 0
    assert feed(lake) == (0, "")
    assert (count(lake, "users"), count(lake, "products")) == ("0", "0")


def test_a_table_alone_is_emptied_where_its_folder_is_left(lake: FedLake) -> None:
    file = lake.write("products", "2026-11-01", {1: "tea"}, sync=1)
    feed(lake)
    away = unmount(lake)
    assert settled(lake) == (1, told(lake, "faker__products", "1 table"))
    assert count(lake, "products") == "1"
    mount(lake, away)
    assert feed(lake) == (0, "")
    file.unlink()
    assert settled(lake) == (0, "")
    assert count(lake, "products") == "0"
