"""Inserting the rows of a batch: the table made or altered first, its view renewed, and what does not fit told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from infra.landing.engine.engine import Engine
from infra.landing.feed.batch import Batch
from infra.landing.feed.found_file import FoundFile
from infra.landing.feed.group import Group, Unreadable
from infra.landing.feed.register import misfit, register_files
from infra.landing.feed.tables import columns_of, renew_view, view_is_current
from infra.landing.types.column_type import ColumnType
from infra.landing.types.insert_plan import InsertPlan, Refused, differences, new_columns, plan
from infra.landing.types.sql import identifier
from infra.landing.types.statements import create_statement
from infra.landing.types.target import Target


@dataclass(frozen=True)
class Inserted:
    """What came of it.

    Attributes:
        refused: files that do not fit.
        notes: what the files have otherwise than their schema says, where that decided about a column.
    """

    refused: Sequence[Unreadable]
    notes: Sequence[str] = ()


def insert_rows(
    engine: Engine, target: Target, batch: Batch, number: int, current: int, epochs: Mapping[str, int]
) -> Inserted:
    """Put the rows into the table, which is made or altered first."""
    if target.register:
        return Inserted(_register(engine, target, batch))
    notes: list[str] = []
    plans: list[tuple[Group, InsertPlan]] = []
    refused: list[Unreadable] = []
    columns: Mapping[str, ColumnType] | None = columns_of(engine, target)
    known, renewed = columns or {}, columns is None
    if columns is None and batch.groups:
        columns = new_columns(batch.groups[0].columns, target.declared, target.asked, json=target.json)
        engine.run(create_statement(target, columns))
    for group in batch.groups:
        assert columns is not None, "made for the first group"
        made = plan(target.table, columns, group.columns, target.declared, target.asked, json=target.json)
        if isinstance(made, Refused):
            refused += [Unreadable(file, _told(made)) for file in group.files]
            continue
        columns, renewed = made.columns, renewed or bool(made.alterations)
        plans.append((group, made))
        notes += differences(group.columns, target.declared, {**known, **target.asked})
    # All alterations before any row: DuckLake cannot alter what has rows of the same transaction in the catalog.
    for _, made in plans:
        for statement in made.alterations:
            engine.run(statement)
    for group, made in plans:
        for epoch, files in _by_epoch(group.files, current, epochs):
            _insert_group(engine, target, group, made, files, (number, epoch, batch.connection))
    if columns is not None and (renewed or not view_is_current(engine, target, columns)):
        renew_view(engine, target, columns)
    return Inserted(refused, list(dict.fromkeys(notes)))


def _register(engine: Engine, target: Target, batch: Batch) -> list[Unreadable]:
    refused: list[Unreadable] = []
    columns = columns_of(engine, target) or {}
    for group in batch.groups:
        if (reason := misfit(columns, group)) is not None:
            refused += [Unreadable(file, _told(reason)) for file in group.files]
        else:
            register_files(engine, target, group.files)
    if columns and not view_is_current(engine, target, columns):
        renew_view(engine, target, columns)
    return refused


def _told(refused: Refused) -> str:
    run = "; ".join(statement.replace('"lake".', "") for statement in refused.statements)
    return f"{refused.reason}; run: {run}; and feed again" if run else refused.reason


def _by_epoch(
    files: Sequence[FoundFile], current: int, epochs: Mapping[str, int]
) -> Iterator[tuple[int, list[FoundFile]]]:
    for epoch in sorted({epochs.get(file.path, current) for file in files}):
        yield epoch, [file for file in files if epochs.get(file.path, current) == epoch]


def _insert_group(
    engine: Engine,
    target: Target,
    group: Group,
    made: InsertPlan,
    files: Sequence[FoundFile],
    own: tuple[int, int, str],
) -> None:
    names = [*made.values, "_lake_file", "_lake_row", "_lake_batch", "_lake_epoch", "_lake_connection"]
    values = [*made.values.values(), "_lake_file", "_lake_row", "?::BIGINT", "?::INTEGER", "?::VARCHAR"]
    engine.run(
        f"INSERT INTO {target.table} ({', '.join(map(identifier, names))}) SELECT {', '.join(values)} FROM {group.relation(engine, files)}",
        own,
    )
