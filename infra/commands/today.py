"""The day that deadlines are counted from: never the clock's, as CI has to repeat the verdict."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from infra.base.revision import head_day


def add_today(parser: argparse.ArgumentParser) -> None:
    """The option `--today`."""
    parser.add_argument(
        "--today",
        type=_day,
        metavar="YYYY-MM-DD",
        help="the day that deadlines of releases are counted from; default: that of the commit that is checked out",
    )


def today_of(root: Path, options: argparse.Namespace) -> date | None:
    """`--today`, else the day of the commit; None where there is neither."""
    given: date | None = options.today
    return given or head_day(root)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a day: write it as YYYY-MM-DD") from None
