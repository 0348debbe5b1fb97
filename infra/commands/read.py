"""`lakeform read`."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from infra.base.columns import columns
from infra.base.printable import show
from infra.commands.common import add_format, find_root, print_json, read_loaded
from infra.commands.progress import progress

if TYPE_CHECKING:
    from infra.landing.read.reading import ReadOutcome

_DAY_SECONDS = 86_400.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`SOURCE --stack --landing --connection --stream --set --full-refresh --timeout --format`."""
    parser.add_argument("source", metavar="SOURCE", help="id of the source")
    parser.add_argument(
        "--stack", metavar="STACK", help="whose settings to use; default: the one that is fed into a landing"
    )
    parser.add_argument("--landing", metavar="LANDING", help="whose folder the files go into; default: the stack's")
    parser.add_argument(
        "--connection", metavar="CONNECTION", help="whose streams to read; required if the source has several"
    )
    parser.add_argument(
        "--stream", action="append", default=[], metavar="STEM", help="only this stream; may be repeated"
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        dest="options",
        metavar="KEY=VALUE",
        help="another value for an option of the source, this time only; a.b=1 for one that is inside another; no secret",
    )
    parser.add_argument(
        "--full-refresh", action="store_true", help="read everything again; older files go once it has succeeded"
    )
    parser.add_argument(
        "--timeout", type=_seconds, default=_DAY_SECONDS, metavar="SECONDS", help="time limit; default: a day"
    )
    add_format(parser)


def run(options: argparse.Namespace) -> int:
    """Write the files and say what came of each stream."""
    from infra.landing.read.reading import ReadRequest, read_source  # noqa: PLC0415  # needs DuckDB, which is an extra

    loaded = read_loaded(find_root(options))
    request = ReadRequest(
        source=options.source,
        timeout=options.timeout,
        stack=options.stack,
        landing=options.landing,
        connection=options.connection,
        streams=tuple(options.stream),
        options=tuple(options.options),
        full_refresh=options.full_refresh,
    )
    with progress(options, f"preparing to read {options.source}") as shown:
        outcome = read_source(loaded, request, os.environ, shown.tell)
    if options.format == "json":
        print_json(_json(outcome))
    elif not options.quiet:
        show("\n".join(_table(outcome)))
    return 0


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < 1e8:
        raise ValueError
    return seconds


def _table(outcome: ReadOutcome) -> list[str]:
    rows = [(s.stem, f"{s.rows:,}", str(s.files), str(s.removed), str(s.generation)) for s in outcome.streams]
    return columns([("stream", "rows", "files", "removed", "generation"), *rows])


def _json(outcome: ReadOutcome) -> dict[str, object]:
    streams = [
        {"stream": s.stem, "rows": s.rows, "files": s.files, "removed": s.removed, "generation": s.generation}
        for s in outcome.streams
    ]
    return {
        "landing": outcome.landing,
        "stack": outcome.stack,
        "connection": outcome.connection,
        "sync_id": outcome.sync_id,
        "streams": streams,
    }
