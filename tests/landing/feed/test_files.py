"""Files as a destination leaves them: late, re-used, re-written, half-written, oddly named; each row once, and nothing lost."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from infra.base.errors import UserError
from infra.landing.engine.engine import Engine
from infra.landing.feed import feeding
from infra.landing.feed.news import ATTEMPTS
from tests.support.landings import Table, airbyte, table_in

NUMBERS = count()


@pytest.fixture
def table(lake: Engine) -> Table:
    return table_in(lake, f"files_{next(NUMBERS)}", key=("id",))


def ids(table: Table) -> list[int]:
    return [row[0] for row in table.rows("id")]


def test_files_are_fed_once(table: Table) -> None:
    table.put("2026/01/01/0.parquet", airbyte("range AS id FROM range(3)"))
    fed = table.feed()
    assert (fed.files, fed.rows, fed.batches, fed.deleted, fed.problems) == (1, 3, 1, 0, {})
    again = table.feed()
    assert (again.files, again.rows, again.batches) == (0, 0, 0)
    assert table.rows("_lake_file, _lake_row, _lake_batch, _lake_epoch, _lake_connection") == [
        (f"{table.prefix}2026/01/01/0.parquet", row, 1, 1, "shop_to_files") for row in range(3)
    ]


def test_late_days_and_part_numbers_that_are_used_again(table: Table) -> None:
    table.put("2026/01/02/5.parquet", airbyte("5 AS id"))
    table.feed()
    table.put("2026/01/01/9.parquet", airbyte("9 AS id"))
    table.put("2026/01/02/1.parquet", airbyte("1 AS id"))
    table.put("2026/1/2/5.parquet", airbyte("2 AS id"))
    table.put("2026/01/02/5.parquet-1", airbyte("3 AS id"))
    table.put("2026/01/02/4", airbyte("4 AS id"))
    assert table.feed().files == 5
    assert ids(table) == [1, 2, 3, 4, 5, 9]


HOSTILE = [
    *(
        "it's.parquet",
        'q"uote.parquet',
        "[x].parquet",
        "[!a].parquet",
        "*.parquet",
        "**",
        "?.parquet",
        "a?b",
        "{a,b}.parquet",
    ),
    *(
        "%41.parquet",
        "a%.parquet",
        "ü ö.parquet",
        "a b.parquet",
        ";--.parquet",
        "\\.parquet",
        "new\nline.parquet",
        "#.parquet",
    ),
    *(
        "year=1999/month=1/x.parquet",
        "a=b.parquet",
        "~.parquet",
        "$HOME.parquet",
        "tab\t.parquet",
        "]].parquet",
        "[].parquet",
    ),
]


def test_names_that_could_be_patterns_or_ends_of_texts(table: Table) -> None:
    for number, name in enumerate(HOSTILE):
        table.put(name, airbyte(f"{number}::BIGINT AS id"))
    table.put("xx.parquet", airbyte("100::BIGINT AS id"))
    fed = table.feed()
    assert (fed.files, fed.problems) == (len(HOSTILE) + 1, {})
    found = dict(table.rows("_lake_file, id"))
    assert found == {table.prefix + name: number for number, name in enumerate(HOSTILE)} | {
        f"{table.prefix}xx.parquet": 100
    }
    assert "year" not in table.types()
    table.feed()
    assert len(ids(table)) == len(HOSTILE) + 1


def test_a_name_that_is_a_pattern_feeds_that_file_alone(table: Table) -> None:
    table.put("a*.parquet", airbyte("1 AS id"))
    table.feed()
    table.put("ab.parquet", airbyte("2 AS id"))
    table.feed()
    assert table.rows("_lake_file, id") == [(f"{table.prefix}a*.parquet", 1), (f"{table.prefix}ab.parquet", 2)]


def test_a_name_that_is_written_over_is_told_and_keeps_its_rows(table: Table) -> None:
    table.put("0.parquet", airbyte("1 AS id"), modified=1_764_000_000)
    table.feed()
    table.put("0.parquet", airbyte("range AS id FROM range(5)"), modified=1_764_000_001)
    size = table.path("0.parquet").stat().st_size
    for _ in range(3):
        fed = table.feed()
        assert list(fed.problems) == [f"{table.prefix}0.parquet"]
        assert "re-written since" in fed.problems[f"{table.prefix}0.parquet"]
        assert ids(table) == [1]
    entry = table.ledger()["0.parquet"]
    assert (entry.event, entry.file.size) == ("changed", size)
    # And once more.
    table.put("0.parquet", airbyte("2 AS id"), modified=1_764_000_002)
    assert table.feed().problems
    assert ids(table) == [1]


def test_only_what_cannot_be_read_is_left_out_and_it_is_fed_once_it_is_whole(table: Table) -> None:
    whole = table.put("whole.parquet", airbyte("1 AS id")).read_bytes()
    table.write("cut.parquet", whole[:-20])
    table.write("empty.parquet", b"")
    table.write("text.parquet", b"hello, this is no Parquet at all")
    table.write("middle.parquet", whole[:10] + bytes(len(whole) - 40) + whole[-30:])
    fed = table.feed()
    assert (fed.files, fed.rows) == (1, 1)
    assert sorted(fed.problems) == [f"{table.prefix}{name}.parquet" for name in ("cut", "empty", "middle", "text")]
    assert fed.problems[f"{table.prefix}empty.parquet"] == "the file is empty"
    for reason in fed.problems.values():
        assert "\n" not in reason
        assert table.engine.settings.raw not in reason
    table.put("cut.parquet", airbyte("2 AS id"))
    fed = table.feed()
    assert (fed.files, ids(table)) == (1, [1, 2])
    assert table.events()["cut.parquet"] == "fed"


def test_what_cannot_be_read_is_tried_three_times_and_then_when_asked(table: Table) -> None:
    table.write("bad.parquet", b"bad")
    for attempt in (*range(1, ATTEMPTS + 1), ATTEMPTS, ATTEMPTS):
        fed = table.feed()
        assert list(fed.problems) == [f"{table.prefix}bad.parquet"]
        assert table.ledger()["bad.parquet"].attempt == attempt
    table.feed(retry=True)
    assert table.ledger()["bad.parquet"].attempt == ATTEMPTS + 1
    # It is another file then, which begins anew.
    table.write("bad.parquet", b"worse")
    table.feed()
    assert table.ledger()["bad.parquet"].attempt == 1


def test_a_bad_file_that_goes_is_forgotten_and_fed_when_it_comes_back_whole(table: Table) -> None:
    table.write("bad.parquet", b"bad").touch()
    for _ in range(ATTEMPTS):
        table.feed()
    table.path("bad.parquet").unlink()
    assert table.feed().problems == {}
    assert table.events()["bad.parquet"] == "forgotten"
    table.put("bad.parquet", airbyte("1 AS id"))
    assert (table.feed().files, ids(table)) == (1, [1])


def test_a_bad_file_among_many_costs_one_batch_of_its_own(table: Table) -> None:
    for number in range(17):
        table.put(f"{number:02}.parquet", airbyte(f"{number} AS id"))
    table.write("08.parquet", table.path("08.parquet").read_bytes()[:-9])
    fed = table.feed()
    assert (fed.files, len(fed.problems)) == (16, 1)
    assert ids(table) == [number for number in range(17) if number != 8]


@pytest.fixture
def while_it_is_read(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[Path, bytes]]]:
    """Files that somebody writes after their columns were read, once."""
    writes: list[tuple[Path, bytes]] = []
    original = feeding.write_batch  # type: ignore[attr-defined]

    def interrupted(*given: object, **named: object) -> object:
        while writes:
            path, content = writes.pop()
            path.write_bytes(content)
        return original(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(feeding, "write_batch", interrupted)
    yield writes
    assert not writes


def test_a_file_that_is_written_while_it_is_read_is_fed_whole_later(
    table: Table, while_it_is_read: list[tuple[Path, bytes]]
) -> None:
    path = table.put("growing.parquet", airbyte("1 AS id"), modified=1_764_000_000)
    table.put("other.parquet", airbyte("7 AS id"))
    later = table.put("later", airbyte("range AS id FROM range(2, 6)"))
    content = later.read_bytes()
    later.unlink()
    while_it_is_read.append((path, content))
    fed = table.feed()
    assert list(fed.problems) == [f"{table.prefix}growing.parquet"]
    assert "written while it was read" in fed.problems[f"{table.prefix}growing.parquet"]
    assert ids(table) == [7]
    fed = table.feed()
    assert (fed.files, fed.problems, ids(table)) == (1, {}, [2, 3, 4, 5, 7])


def test_a_file_that_goes_before_it_is_read_is_told(table: Table, while_it_is_read: list[tuple[Path, bytes]]) -> None:
    table.put("a.parquet", airbyte("1 AS id"))
    listing = table.listing()
    table.put("b.parquet", airbyte("2 AS id"))
    both = table.listing()
    table.path("b.parquet").unlink()
    del while_it_is_read[:]
    from infra.landing.feed.feeding import feed_listing  # noqa: PLC0415
    from infra.landing.feed.generations import Retention  # noqa: PLC0415
    from infra.landing.feed.retire import Completion  # noqa: PLC0415

    fed = feed_listing(table.engine, table.target, both, Completion(Retention(), table.engine.settings.settle))
    assert (fed.files, list(fed.problems), ids(table)) == (1, [f"{table.prefix}b.parquet"], [1])
    assert listing.files == both.files[:1]


def test_what_vanishes_keeps_its_rows_and_what_comes_back_is_not_fed_again(table: Table) -> None:
    for number in range(2):
        table.put(f"{number}.parquet", airbyte(f"{number} AS id"), modified=1_764_000_000)
    table.feed()
    content = table.path("0.parquet").read_bytes()
    table.path("0.parquet").unlink()
    for _ in range(2):
        table.feed(full=False)
        assert table.events() == {"0.parquet": "fed", "1.parquet": "fed"}
    table.feed()
    assert (ids(table), table.events()["0.parquet"]) == ([0, 1], "vanished")
    table.write("0.parquet", content, modified=1_764_000_000)
    assert table.feed().problems == {}
    assert (ids(table), table.events()["0.parquet"]) == ([0, 1], "fed")


def test_files_in_batches_of_a_few_bytes(lake: Engine) -> None:
    from dataclasses import replace  # noqa: PLC0415

    small = replace(lake, settings=replace(lake.settings, batch_bytes=4000))
    table = table_in(small, "in_batches")
    for number in range(9):
        table.put(f"{number}.parquet", airbyte(f"{number} AS id"))
    table.write("4.parquet", b"bad")
    fed = table.feed()
    assert (fed.files, fed.batches, ids(table)) == (8, 4, [0, 1, 2, 3, 5, 6, 7, 8])
    assert len(table.rows("DISTINCT _lake_batch")) == 4


def test_links_folders_and_names_that_cannot_be_read(table: Table, tmp_path: Path) -> None:
    outside = table.put("0.parquet", airbyte("1 AS id")).rename(tmp_path / "outside.parquet")
    table.path("link.parquet").symlink_to(outside)
    table.path("gone.parquet").symlink_to(tmp_path / "nowhere")
    table.path("folder.parquet").mkdir()
    os.mkfifo(table.path("pipe.parquet"))
    fed = table.feed()
    assert (fed.files, fed.problems, ids(table)) == (1, {}, [1])


def test_a_folder_that_is_not_there_holds_nothing(table: Table) -> None:
    assert table.feed().problems == {}
    assert table.listing().files == ()


def test_a_folder_that_may_not_be_listed_is_told(lake: Engine) -> None:
    table = table_in(lake, "a_file")
    table.write("x", b"").rename(table.path("x").parent.parent / "y")
    table.path("x").parent.rmdir()
    table.path("x").parent.write_bytes(b"a file where a folder should be")
    with pytest.raises(UserError, match=r"cannot be listed: Not a directory$"):
        table.feed()
