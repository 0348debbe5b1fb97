"""Fed: what feeding a table did."""

from __future__ import annotations

from dataclasses import dataclass, field


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
