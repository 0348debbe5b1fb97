"""The status of a landing for people and programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from infra.base.columns import columns
from infra.base.json_value import Json
from infra.lake.documents import plural
from infra.landing.feed.status import LakeStatus, TableStatus
from infra.landing.feed.tables import DROPPED


def status_json(status: LakeStatus, behind: Sequence[TableStatus]) -> Json:
    """For `--format json`."""
    return {
        "tables": [{**table.to_json(), "behind": table in behind} for table in status.tables],
        "catalog_bytes": status.catalog_bytes,
        "snapshots": status.snapshots,
        "data_files": status.data_files,
        "unknown_files": status.unknown,
        "unknown_example": status.example or None,
    }


def status_text(status: LakeStatus, behind: Sequence[TableStatus]) -> str:
    """For people: a line for each table, then what needs somebody's eyes."""
    rows = [("table", "files", "rows", "size", "newest row", "trouble"), *map(_row, status.tables)]
    return "\n".join([*columns(rows), "", *_lake(status), *_trouble(status, behind)])


def _row(table: TableStatus) -> tuple[str, ...]:
    newest = "never" if table.lag is None else f"{spoken(table.lag)} ago"
    trouble = f"{len(table.trouble):,}" if table.trouble else "-"
    return table.name, f"{table.files:,}", f"{table.rows:,}", size(table.bytes), newest, trouble


def _lake(status: LakeStatus) -> Iterator[str]:
    catalog = "" if status.catalog_bytes is None else f"catalog {size(status.catalog_bytes)}, "
    yield f"{catalog}{status.snapshots:,} snapshots, {status.data_files:,} data files"
    if status.unknown:
        yield f"{plural(status.unknown, 'file')} that no stream has, for example {status.example}"


def _trouble(status: LakeStatus, behind: Sequence[TableStatus]) -> Iterator[str]:
    for table in status.tables:
        yield from (f"{trouble.path}: {trouble.event}: {trouble.reason}" for trouble in table.trouble)
        if table.dropped:
            yield f"{table.name}: {DROPPED}"
        if table.vanished:
            yield f"{table.name}: {plural(table.vanished, 'file')} gone since it was fed; the rows stay"
        if table.changes:
            yield f"{table.name}: {table.changes:,} values that Airbyte could not take are null (see _airbyte_meta)"
        if table in behind:
            yield f"{table.name}: too far behind"


def spoken(seconds: int) -> str:
    """`5400` -> `1 h 30 min`, in the two largest units."""
    parts = [(seconds // 86400, "d"), (seconds // 3600 % 24, "h"), (seconds // 60 % 60, "min"), (seconds % 60, "s")]
    first = next((number for number, (count, _) in enumerate(parts) if count), len(parts) - 1)
    return " ".join(f"{count} {unit}" for count, unit in parts[first : first + 2] if count or first == len(parts) - 1)


def size(count: int) -> str:
    """`1500000` -> `1.5 MB`."""
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"
