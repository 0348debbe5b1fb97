"""Options that verbs of `lakeform landing` share."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from infra.base.errors import UserError
from infra.base.json_value import Json
from infra.base.printable import show
from infra.lake.documents import ProblemsError, Report, plural, why_refused
from infra.lake.files.feeds import Feed, chosen_feeds, feeds_of, no_feeds
from infra.lake.model.lake_model import Loaded
from infra.lake.registry.duration import check_duration, span_of
from infra.landing.settings import LandingSettings, read_landing


def add_streams(parser: argparse.ArgumentParser, *, one: bool = False) -> None:
    """`[SOURCE [STREAM]]`, or both where `one` stream is meant."""
    many = None if one else "?"
    parser.add_argument("source", metavar="SOURCE", nargs=many, help="id of a source; default: all")
    parser.add_argument("stream", metavar="STREAM", nargs=many, help="its stream file, without .json; default: all")


def find_landing(loaded: Loaded, options: argparse.Namespace) -> LandingSettings:
    """The landing that the options or the environment name. Raises UserError."""
    with mistakes_told(loaded):
        return read_landing(loaded.model, options.landing, os.environ)


def find_feeds(loaded: Loaded, landing: str, options: argparse.Namespace) -> tuple[Sequence[Feed], Sequence[Feed]]:
    """Everything that is fed into a landing, and what of it the options name. Raises UserError.

    What has mistakes is in neither of them, which is told on stderr.
    """
    feeds = feeds_of(loaded.model, landing)
    with mistakes_told(loaded):
        if not feeds:
            raise no_feeds(loaded.model, landing)
        chosen = chosen_feeds(feeds, options.source, options.stream)
    if mistakes := _mistakes(loaded):
        show(f"what has mistakes is left out: {mistakes}", to=sys.stderr)
    return feeds, chosen


def has_mistakes(loaded: Loaded) -> bool:
    """True if something was left out for a mistake."""
    return bool(_mistakes(loaded))


@contextmanager
def mistakes_told(loaded: Loaded) -> Iterator[None]:
    """Errors get the lake's mistakes behind them: what is not there may be left out because of one."""
    try:
        yield
    except UserError as error:
        message = "; ".join(filter(None, (str(error), _mistakes(loaded))))
        raise ProblemsError(message, loaded.problems) from None


def mistakes_json(loaded: Loaded) -> Json:
    """The errors of the lake, for `--format json`: what has one is left out."""
    return Report.of(problem for problem in loaded.problems if problem.severity == "error").to_json()


def _mistakes(loaded: Loaded) -> str:
    wrong = [problem.masked() for problem in loaded.problems if problem.severity == "error"]
    if not wrong:
        return ""
    first = min(wrong, key=lambda problem: (problem.location.file, problem.location.line, problem.location.column))
    more = f" (and {plural(len(wrong) - 1, 'more problem')})" if len(wrong) > 1 else ""
    return f"{first.location}: {first.message}{more}; run: lakeform check"


def span(text: str) -> timedelta:
    """How long `6h` is, as a type of argparse's."""
    if (reason := why_refused(check_duration, text)) is not None:
        raise argparse.ArgumentTypeError(reason[0])
    return span_of(text)
