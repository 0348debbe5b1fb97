"""Erasing a person from a landing table: what is in it, what is asked for, and where their bytes still are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from infra.landing.engine.engine import Engine
from infra.landing.feed.erase_apply import Erased, erase
from infra.landing.feed.erase_models import Downstream
from infra.landing.feed.erase_plan import ErasePlan, EraseWish, Found, look_for
from infra.landing.feed.fed import Fed
from infra.landing.feed.replay import Wanted, replay
from tests.support.landings import Table, airbyte

# The greatest of all values, so that it also is what a catalog remembers of a column.
PERSON = "zz.nobody.else@example.com"
INT = "processed.int_users"


def rows(first: int, *emails: str) -> str:
    """The rows of a file: ids from the first one on."""
    values = ", ".join(f"({number}::BIGINT, '{email}')" for number, email in enumerate(emails, first))
    return airbyte(f"* FROM (VALUES {values}) t(id, email)")


def model(table: Table, name: str = INT, where: str = "true") -> None:
    """What dbt makes of a table."""
    schema, _, short = name.partition(".")
    with table.engine.writing():
        table.engine.run(f"CREATE SCHEMA IF NOT EXISTS lake.{schema}")
    with table.engine.writing():
        columns = "id, email, _lake_file, _lake_row, _lake_batch"
        table.engine.run(
            f"CREATE TABLE lake.{schema}.{short} AS SELECT {columns} FROM {table.target.table} WHERE {where}"
        )


def look(table: Table, *given: tuple[str, str], raw: bool = False) -> Found:
    """What is found of somebody, in the table and in its files."""
    return look_for(table.engine, table.target, EraseWish(given, raw), table.listing().files, Downstream())


def plan_of(table: Table, *given: tuple[str, str], raw: bool = False) -> ErasePlan:
    """The same, as it is told."""
    return look(table, *given, raw=raw).plan


def erased(table: Table, *given: tuple[str, str], raw: bool = False) -> Erased:
    """What became of it."""
    return erase(table.engine, table.target, look(table, *given, raw=raw), lambda _: None)


def holding(folder: Path, text: str = PERSON) -> list[str]:
    """The files in which the bytes are."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path.relative_to(folder).as_posix() for path in files if text.encode() in path.read_bytes())


def seen(engine: Engine, table: str) -> list[Any]:
    """Every row, but for the batch; and each found by its key, as the catalog's smallest and largest values let it be found."""
    found = engine.rows(f"SELECT id, email, _lake_file, _lake_row FROM lake.{table} ORDER BY ALL")
    for id_, email, *_ in found:
        for column, value in (("id", id_), ("email", email)):
            assert (id_,) in engine.rows(f"SELECT id FROM lake.{table} WHERE {column} = ?", [value])
    return found


def fill(table: Table, *files: str) -> Table:
    """A table of files, each of which was fed by itself."""
    for number, select in enumerate(files):
        table.put(f"{number}.parquet", select)
        table.feed()
    return table


def again(table: Table) -> Fed:
    """Every file fed anew."""
    return replay(table.engine, table.target, {file.path: file for file in table.listing().files}, Wanted())
