"""A shell for SQL that has the lake attached, with its secrets where nobody sees them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TextIO

from infra.base.columns import columns
from infra.base.errors import UserError
from infra.base.printable import printable
from infra.landing.engine.engine import Engine, Row

# What a terminal can show; `LIMIT` says less.
MOST_ROWS = 1000

_READS = ("select", "from", "with", "describe", "show", "summarize", "explain", "values", "pivot", "table", "unpivot")


@dataclass(frozen=True)
class Reply:
    """What a statement gave."""

    columns: Sequence[str]
    rows: Sequence[Row]

    def texts(self) -> Iterator[tuple[str | None, ...]]:
        """The rows, each value as text."""
        for row in self.rows:
            yield tuple(None if value is None else str(value) for value in row)

    def to_text(self) -> str:
        """A table, cut where a terminal would drown."""
        shown = [tuple(printable("NULL" if text is None else text) for text in row) for row in self.texts()][:MOST_ROWS]
        more = [f"... {len(self.rows) - MOST_ROWS:,} more rows"] if len(self.rows) > MOST_ROWS else []
        return "\n".join([*columns([tuple(self.columns), *shown]), *more]) if self.columns else "done"


@dataclass(frozen=True)
class Shell:
    """Statements, each with a view of the lake of its own, so that nobody who feeds waits for somebody who thinks."""

    engine: Engine
    write: bool = False

    def __post_init__(self) -> None:
        self.engine.run("USE lake.landing")

    def ask(self, statement: str) -> Reply:
        """The rows of one statement. Raises UserError, also for one that writes where that was not allowed."""
        self.engine.refuse_several(statement)
        if not self.write and not statement.strip().lower().startswith(_READS):
            raise UserError("this statement may change something: allow it with --write")
        with self.engine.writing() if self.write else self.engine.reading():
            return Reply(*self.engine.described_rows(statement))

    def talk(self, lines: TextIO, show: Callable[[str], None]) -> int:
        """Answer each statement that ends in `;`; 1 if one failed."""
        failed, statement = False, ""
        if lines.isatty():
            show("statements end in ; - leave with Ctrl-D")
        for line in lines:
            statement += line
            if not statement.rstrip().endswith(";"):
                continue
            try:
                show(self.ask(statement.strip().removesuffix(";")).to_text())
            except UserError as error:
                show(str(error))
                failed = True
            statement = ""
        return int(failed)
