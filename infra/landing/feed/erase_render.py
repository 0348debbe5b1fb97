"""What would be erased, or was, for people and programs; no value of a key is in it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from infra.base.json_value import Json
from infra.lake.documents import plural
from infra.lake.files.tables import SCHEMA
from infra.landing.feed.erase_apply import Erased
from infra.landing.feed.erase_models import own_model
from infra.landing.feed.erase_plan import ErasePlan, Held
from infra.landing.feed.landing_erase import Outcome


def erase_json(outcome: Outcome) -> Json:
    """For `--format json`."""
    plan, done = outcome.plan, outcome.done
    return {
        "table": plan.table,
        "key": list(plan.key),
        "primary_key": list(plan.primary),
        "tables": [{"table": held.table, "rows": held.rows, "rows_without_key": held.nulls} for held in plan.tables],
        "files": [{"file": file.path, "rows": file.rows, "there": file.there} for file in plan.files],
        "unread_files": [{"file": path, "reason": reason} for path, reason in sorted(plan.unread.items())],
        "older_snapshots": plan.older,
        "older_snapshots_with_rows": plan.showing,
        "models_behind": list(plan.downstream.models),
        "models_unknown": list(plan.downstream.unknown),
        "erased": _done_json(done) if done else None,
        "found_again": outcome.again,
        "remains": list(_remains(plan)),
    }


def _done_json(done: Erased) -> Json:
    return {
        "tables": [{"table": table, "rows": rows} for table, rows in done.tables.items()],
        "files": [{"file": path, "rows": rows} for path, rows in done.files.items()],
        "problems": [{"file": path, "reason": reason} for path, reason in sorted(done.problems.items())],
    }


def erase_text(outcome: Outcome) -> str:
    """For people."""
    plan = outcome.plan
    remains = ["what remains", *(f"    {line}" for line in _remains(plan))]
    return "\n".join([*_head(plan), *_tables(plan), *_raw(plan), *_snapshots(plan), *remains, *_end(outcome)])


def _head(plan: ErasePlan) -> Iterator[str]:
    by = ", ".join(plan.key)
    known = {name.casefold() for name in plan.key}
    missing = [name for name in plan.primary if name.casefold() not in known]
    yield f"{SCHEMA}.{plan.table}, by {by}" + (
        f": not the whole primary key ({', '.join(plan.primary)}), so rows of several keys may be meant"
        if missing
        else ""
    )
    if not plan.found:
        yield "no such row was found: look at the value, its capitals and spaces"


def _tables(plan: ErasePlan) -> Iterator[str]:
    yield "tables"
    if plan.landing is None:
        yield f"    {SCHEMA}.{plan.table}  is not there"
    for held in plan.tables:
        yield f"    {held.table}  {_held(plan, held)}"
    if not plan.models:
        yield f"    {own_model(plan.table)}  is in no schema of the lake"


def _held(plan: ErasePlan, held: Held) -> str:
    if held.rows is None:
        return f"has not all columns of the key, so it is left alone: dbt build --full-refresh --select {shlex.quote(held.table.partition('.')[2])}"
    nulls = (
        f"; {plural(held.nulls, 'row')} without {' or '.join(plan.key)}: nobody can tell whose" if held.nulls else ""
    )
    return plural(held.rows, "row") + nulls


def _raw(plan: ErasePlan) -> Iterator[str]:
    if plan.files or plan.unread:
        yield (
            "raw files, each written anew without them"
            if plan.raw
            else "raw files, which stay as they are without --raw"
        )
    for file in plan.files:
        yield f"    {file.path}  {plural(file.rows, 'row')}" + ("" if file.there else ", gone already")
    for path, reason in sorted(plan.unread.items()):
        yield f"    {path}  cannot be read, so it is left alone: {reason}"


def _snapshots(plan: ErasePlan) -> Iterator[str]:
    shown = "nobody can tell how many" if plan.showing is None else f"{plan.showing}"
    yield f"older snapshots: {shown} of {plan.older} with such rows; all of them go, so no table can be seen as it was before"


def _remains(plan: ErasePlan) -> Iterator[str]:
    if not plan.raw:
        yield "raw files: a replay of those that hold the rows brings them back; --raw writes them anew"
    if behind := plan.downstream.models:
        yield f"models behind: dbt build --full-refresh --select {shlex.join(behind)}"
    if unknown := plan.downstream.unknown:
        yield f"models that may be behind, which cannot be known: {', '.join(unknown)}"
    if plan.downstream.unread:
        yield plan.downstream.unread
    yield "the source: Airbyte brings the rows again, with the next full refresh at the latest, until they are gone there"
    yield "other tables of the landing, and rows of this one under another key: nobody looked for them"
    yield (
        "copies that nobody here knows: backups and logs of the catalog, versions that the bucket keeps, free space of disks, "
        "dashboards, and the history of this shell"
    )


def _end(outcome: Outcome) -> Iterator[str]:
    done = outcome.done
    if done is None:
        yield "nothing was changed; to erase: --apply"
        return
    tables = ", ".join(f"{plural(rows, 'row')} of {table}" for table, rows in done.tables.items()) or "no row"
    files = (
        f", {plural(sum(done.files.values()), 'row')} of {plural(len(done.files), 'raw file')}" if done.files else ""
    )
    yield f"erased: {tables}{files}"
    yield from (f"{path}: {reason}" for path, reason in sorted(done.problems.items()))
    if outcome.again:
        yield "such rows are there again, since somebody fed them meanwhile: erase again"
