"""Results: what Dagster is told of a table that was fed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import dagster as dg

from infra.lake.files.feeds import Feed
from infra.landing.feed.facts import TableFacts
from infra.landing.feed.fed import Fed
from infra.landing.orchestration.freshness import freshness
from infra.landing.orchestration.specs import table_key

# Files that are named where many have the same trouble.
SHOWN = 20


def materialization(feed: Feed, fed: Fed, facts: TableFacts, now: int) -> dg.MaterializeResult[None]:
    """A table that got rows, or lost dead ones."""
    metadata: dict[str, dg.MetadataValue] = {
        "dagster/row_count": dg.MetadataValue.int(facts.rows or 0),
        "dagster/column_schema": dg.MetadataValue.table_schema(_schema(facts.columns)),
        "rows": dg.MetadataValue.int(fed.rows),
        "files": dg.MetadataValue.int(fed.files),
        "bytes": dg.MetadataValue.int(fed.bytes),
        "deleted": dg.MetadataValue.int(fed.deleted),
        "total_files": dg.MetadataValue.int(facts.files),
        "total_bytes": dg.MetadataValue.int(facts.bytes),
        **_age(facts, now),
        **_sample(facts),
    }
    if fed.notes:
        metadata["notes"] = dg.MetadataValue.md("\n".join(f"- {note}" for note in fed.notes))
    return dg.MaterializeResult(asset_key=table_key(feed.table), metadata=metadata)


def _age(facts: TableFacts, now: int) -> dict[str, dg.MetadataValue]:
    lag = facts.lag(now)
    if lag is None or facts.extracted is None:
        return {}
    return {
        "lag_seconds": dg.MetadataValue.int(lag),
        "newest_row": dg.MetadataValue.timestamp(facts.extracted / 1_000_000),
    }


def _schema(columns: Mapping[str, str]) -> dg.TableSchema:
    return dg.TableSchema([dg.TableColumn(name, type_) for name, type_ in columns.items()])


def _sample(facts: TableFacts) -> dict[str, dg.MetadataValue]:
    if not facts.sample:
        return {}
    records = [dg.TableRecord(row) for row in facts.sample]
    return {"sample": dg.MetadataValue.table(records, _schema(dict.fromkeys(facts.sample[0], "string")))}


def check_results(feed: Feed, fed: Fed, facts: TableFacts, now: int) -> Iterator[dg.AssetCheckResult]:
    """The checks of a table that was looked at."""
    yield _result(feed, "quarantine", _quarantine(fed.problems), fed.problems)
    yield _result(feed, "rows", _rows(facts), severity=dg.AssetCheckSeverity.ERROR)
    yield _result(feed, "freshness", freshness(feed.connection, facts.extracted, now))


def _quarantine(problems: Mapping[str, str]) -> str:
    if not problems:
        return ""
    one = "1 of its files is not in the table as it lies there"
    return one if len(problems) == 1 else f"{len(problems):,} of its files are not in the table as they lie there"


def _rows(facts: TableFacts) -> str:
    if facts.rows is None:
        return f"the ledger says {facts.told:,} rows, and there is no table" if facts.told else ""
    return "" if facts.rows == facts.told else f"the table has {facts.rows:,} rows, and the ledger says {facts.told:,}"


def _result(
    feed: Feed,
    name: str,
    trouble: str,
    files: Mapping[str, str] | None = None,
    severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.WARN,
) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=table_key(feed.table),
        check_name=name,
        passed=not trouble,
        severity=severity,
        description=trouble or None,
        metadata={"files": dg.MetadataValue.md(_listed(sorted((files or {}).items())))} if files else {},
    )


def _listed(files: Sequence[tuple[str, str]]) -> str:
    lines = [f"- `{path}`: {reason}" for path, reason in files[:SHOWN]]
    more = [f"- and {len(files) - SHOWN:,} more: `lakeform landing status`"] if len(files) > SHOWN else []
    return "\n".join([*lines, *more])
