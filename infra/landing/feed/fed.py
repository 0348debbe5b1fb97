"""Fed: what feeding a table did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from infra.base.json_value import Json
from infra.lake.documents import plural


@dataclass
class Fed:
    """What feeding a table did; added to as it goes on.

    Attributes:
        files, rows, bytes, batches: that were fed.
        deleted: rows that were taken out: replaced by a newer generation, or fed anew.
        changes: values that Airbyte itself could not take.
        problems: path -> why it is not in the table, and what to run.
        notes: what else people should know.
        failure: why feeding ended before its time; "" if it did not.
    """

    table: str
    files: int = 0
    rows: int = 0
    bytes: int = 0
    batches: int = 0
    deleted: int = 0
    changes: int = 0
    problems: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    failure: str = ""

    def add(self, other: Fed) -> None:
        """Count what another one did."""
        self.files += other.files
        self.rows += other.rows
        self.bytes += other.bytes
        self.batches += other.batches
        self.deleted += other.deleted
        self.changes += other.changes
        self.problems.update(other.problems)
        self.failure = self.failure or other.failure
        self.notes += [note for note in other.notes if note not in self.notes]

    def to_json(self) -> Json:
        """For `--format json`."""
        return {
            "table": self.table,
            "files": self.files,
            "rows": self.rows,
            "bytes": self.bytes,
            "deleted": self.deleted,
            "changes": self.changes,
            "problems": [{"file": path, "reason": reason} for path, reason in sorted(self.problems.items())],
            "notes": list(self.notes),
            "failure": self.failure or None,
        }


def failures(tables: Iterable[Fed]) -> Iterator[str]:
    """Why feeding ended before its time, each reason once, behind the tables that it is of."""
    failed: dict[str, list[str]] = {}
    for fed in tables:
        if fed.failure:
            failed.setdefault(fed.failure, []).append(fed.table)
    for reason, (first, *others) in failed.items():
        more = f" and {plural(len(others), 'other table')}" if others else ""
        yield f"{first}{more}: {reason}"
