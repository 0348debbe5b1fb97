"""Measured series as an aligned text table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

COLUMNS = ("", "median", "min", "max", "ratio", "aim", "python", "node")


@dataclass(frozen=True)
class Series:
    """The runs of one measure: seconds of each, peak memory over all of them (0: not measured)."""

    name: str
    seconds: tuple[float, ...]
    python_mb: float = 0
    node_mb: float = 0

    @property
    def median(self) -> float:
        return median(self.seconds)


@dataclass(frozen=True)
class Ratio:
    """A comparison: how many times as long as `base`; at most `aim`, where there is one."""

    base: Series
    aim: float | None = None


@dataclass(frozen=True)
class Row:
    """A line of the table: a measure, what it is compared with, and the seconds that it should stay under."""

    series: Series
    ratios: Sequence[Ratio] = ()
    aim_seconds: float | None = None


@dataclass(frozen=True)
class Section:
    """Rows about one lake."""

    title: str
    rows: Sequence[Row]


def render(section: Section) -> str:
    """The section as text: seconds, ratios with their aims, MB."""
    cells = [COLUMNS, *(line for row in section.rows for line in _lines(row))]
    widths = [max(len(line[column]) for line in cells) for column in range(len(COLUMNS))]
    return "\n".join([section.title, *(_aligned(line, widths) for line in cells), ""])


def _aligned(line: Iterable[str], widths: Sequence[int]) -> str:
    first, *rest = (cell.rjust(width) for cell, width in zip(line, widths, strict=True))
    return "  ".join(["", first.strip().ljust(widths[0]), *rest]).rstrip()


def _lines(row: Row) -> Iterator[tuple[str, ...]]:
    series = row.series
    under = "" if row.aim_seconds is None else f"< {row.aim_seconds:g} s"
    seconds = (series.median, min(series.seconds), max(series.seconds))
    memory = (_megabytes(series.python_mb), _megabytes(series.node_mb))
    yield (series.name, *(f"{value:.2f}" for value in seconds), "", under, *memory)
    for ratio in row.ratios:
        aim = "" if ratio.aim is None else f"<= {ratio.aim:g}"
        yield (f"- to {ratio.base.name}", "", "", "", f"{series.median / ratio.base.median:.2f}", aim, "", "")


def _megabytes(value: float) -> str:
    return f"{value:.0f} MB" if value else ""
