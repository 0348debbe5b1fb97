"""The table of docs/security.md: what `make attack` showed."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tests.support.lakes import REPOSITORY

PAGE = REPOSITORY / "docs/security.md"
HEAD = "| attack | tried | failures |\n|---|---:|---:|\n"
_TABLE = re.compile(re.escape(HEAD) + r"(?:\|.*\|\n)*")


def with_table(page: str, counts: Mapping[str, tuple[int, int]]) -> str:
    """The page with another table: name -> (tried, failures)."""
    rows = "".join(f"| {name} | {tried:,} | {failures} |\n" for name, (tried, failures) in counts.items())
    return _TABLE.sub(lambda _: HEAD + rows, page)


def attacks_on(page: str) -> list[str]:
    """The names in the table."""
    table = _TABLE.search(page)
    assert table is not None
    return [line.split(" | ")[0].removeprefix("| ") for line in table.group().removeprefix(HEAD).splitlines()]
