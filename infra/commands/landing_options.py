"""Options that verbs of `lakeform landing` share."""

from __future__ import annotations

import argparse
from datetime import timedelta

from infra.lake.documents import why_refused
from infra.lake.registry.duration import check_duration, span_of


def add_streams(parser: argparse.ArgumentParser, *, one: bool = False) -> None:
    """`[SOURCE [STREAM]]`, or both where `one` stream is meant."""
    many = None if one else "?"
    parser.add_argument("source", metavar="SOURCE", nargs=many, help="id of a source; default: all")
    parser.add_argument("stream", metavar="STREAM", nargs=many, help="its stream file, without .json; default: all")


def span(text: str) -> timedelta:
    """How long `6h` is, as a type of argparse's."""
    if (reason := why_refused(check_duration, text)) is not None:
        raise argparse.ArgumentTypeError(reason[0])
    return span_of(text)
