"""How often an import looks at the whole lake: as often for many connections that cannot stand as for few."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.lake.rules import check
from tests.move.found_values import connection, destination, source, stream, uuid, workspace
from tests.move.importing import Done, do_import, empty_lake


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The lakes that were checked."""
    seen: list[Path] = []

    def counted(root: Path, *, catalogs: bool) -> check.Checked:
        seen.append(root)
        return check.check_lake(root, catalogs=catalogs)

    monkeypatch.setattr("infra.move.entries.trial.check_lake", counted)
    return seen


def into_one_table(root: Path, count: int) -> Done:
    """An import of as many connections of one source that write the same table."""
    found = [connection(id_=uuid("c", number), name=f"Copy {number:02}") for number in range(count)]
    return do_import(empty_lake(root), airbyte=workspace(source(), destination(), *found))


@pytest.mark.parametrize("count", [3, 24])
def test_those_that_write_the_table_of_one_are_refused_in_one_look(
    count: int, looks: list[Path], tmp_path: Path
) -> None:
    done = into_one_table(tmp_path, count)
    assert done.left() == [
        f'the connection "Copy {number:02}": "orders" lands where connections.copy_00 writes "orders" (table-collision)'
        for number in range(1, count)
    ]
    assert len(looks) == 4  # the lake as it is, all of them, the first one, all the others


def test_one_that_no_entry_can_say_keeps_no_other_one_of_its_source_waiting(looks: list[Path], tmp_path: Path) -> None:
    found = [
        connection(
            stream("gone" if number == 5 else "orders"),
            id_=uuid("c", number),
            name=f"Copy {number:02}",
            prefix=f"p{number}_",
        )
        for number in range(12)
    ]
    done = do_import(empty_lake(tmp_path), airbyte=workspace(source(), destination(), *found))
    assert done.left() == ['the connection "Copy 05": its source no longer offers any of its streams']
    assert len(looks) == 3  # the lake as it is, all others, and that one beside them


def test_connections_with_the_same_fault_in_a_stream_are_each_told_it(looks: list[Path], tmp_path: Path) -> None:
    found = [
        connection(
            stream(cursor=("created",) if number < 4 else ("updated_at",)),
            id_=uuid("c", number),
            name=f"Copy {number:02}",
            prefix=f"p{number}_",
        )
        for number in range(8)
    ]
    done = do_import(empty_lake(tmp_path), airbyte=workspace(source(), destination(), *found))
    assert done.left() == [
        f'the connection "Copy 0{number}": streams.orders.cursor_field: the stream has no field "created"'
        " (cursor-unknown-field)"
        for number in range(4)
    ]

    assert len(looks) == 6  # as it is; all; without the three and without the first of them; the three; the first again
