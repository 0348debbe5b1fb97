"""`lakeform landing status`."""

from __future__ import annotations

import argparse
import time

from infra.base.printable import show
from infra.commands.common import add_format, find_root, print_json, read_loaded
from infra.commands.landing_options import add_streams, find_feeds, find_landing, mistakes_json, span


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`[SOURCE [STREAM]] --max-lag --format`."""
    add_streams(parser)
    parser.add_argument(
        "--max-lag", type=span, metavar="DURATION", help="exit 1 for a table whose newest row is older, e.g. 6h"
    )
    add_format(parser)


def run(options: argparse.Namespace) -> int:
    """Print the status; 1 if a file is in quarantine or re-written, or a table is dropped or too far behind."""
    from infra.landing.engine.opening import open_engine  # noqa: PLC0415  # needs the extra
    from infra.landing.feed.ledger import prepare  # noqa: PLC0415
    from infra.landing.feed.render_status import status_json, status_text  # noqa: PLC0415
    from infra.landing.feed.status import read_status  # noqa: PLC0415

    loaded = read_loaded(find_root(options))
    settings = find_landing(loaded, options)
    _, chosen = find_feeds(loaded, settings.id, options)
    with open_engine(settings) as engine:
        prepare(engine)
        status = read_status(engine, {feed.table.name for feed in chosen}, time.time_ns() // 1000)
    behind = status.too_old(options.max_lag) if options.max_lag else []
    if options.format == "json":
        print_json({**mistakes_json(loaded), **status_json(status, behind)})
    else:
        show(status_text(status, behind))
    return 1 if behind or any(table.trouble or table.dropped for table in status.tables) else 0
