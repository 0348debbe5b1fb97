"""Reads tests/mistakes/*.txt: what people write that is wrong, each an edit of the good small lake, with all that is told of it.

A block is the file, the lines that are replaced (`- `), the lines in their place (`+ `), and then what `lakeform check` prints. Without
`- `, the file is a new one, or is replaced as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.lakes import REPOSITORY
from tests.support.mistakes.lake import FILES

FOLDER = REPOSITORY / "tests/mistakes"


@dataclass(frozen=True)
class Mistake:
    """An edit and what is told of it.

    Attributes:
        table: the file of the table.
        file: the file of the lake that is edited.
        old, new: the text that is there once, and the text in its place.
        told: what is printed, without the line that counts.
    """

    table: Path
    file: str
    old: str
    new: str
    told: str

    @property
    def files(self) -> dict[str, str | bytes]:
        """The lake with this mistake in it."""
        text = FILES.get(self.file, "")
        assert isinstance(text, str)
        if self.old:
            assert text.count(self.old) == 1, f"{self.old!r} is not once in {self.file}"
        return FILES | {self.file: text.replace(self.old, self.new) if self.old else self.new + "\n"}

    def to_text(self, told: str) -> str:
        """The block, with what is told now."""
        edit = [f"- {line}" for line in self.old.splitlines()] + [f"+ {line}" for line in self.new.split("\n")]
        return "\n".join((self.file, *edit, told)) + "\n"


def mistakes() -> Iterator[Mistake]:
    """Every block of every table."""
    for table in sorted(FOLDER.glob("*.txt")):
        for block in table.read_text("utf-8").strip("\n").split("\n\n"):
            file, *lines = block.split("\n")
            old = [line[2:] for line in lines if line.startswith("- ")]
            new = [line[2:] for line in lines if line.startswith("+ ")]
            told = [line for line in lines if not line.startswith(("- ", "+ "))]
            yield Mistake(table, file, "\n".join(old), "\n".join(new), "\n".join(told))


def write_tables(told: dict[Mistake, str]) -> None:
    """The tables with what is told now."""
    for table in sorted({mistake.table for mistake in told}):
        blocks = [mistake.to_text(text) for mistake, text in told.items() if mistake.table == table]
        table.write_text("\n".join(blocks), "utf-8")
