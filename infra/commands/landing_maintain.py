"""`lakeform landing maintain`."""

from __future__ import annotations

import argparse

from infra.commands.common import find_root, read_loaded, say
from infra.commands.landing_options import find_landing, span


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--keep`."""
    parser.add_argument(
        "--keep", type=span, default="168h", metavar="DURATION", help="how far back snapshots stay; default: 168h"
    )


def run(options: argparse.Namespace) -> int:
    """Do each step, and say what came of it."""
    from infra.landing.engine.opening import open_engine  # noqa: PLC0415  # needs the extra
    from infra.landing.feed.ledger import prepare  # noqa: PLC0415
    from infra.landing.feed.maintain import maintain  # noqa: PLC0415

    settings = find_landing(read_loaded(find_root(options)), options)
    with open_engine(settings) as engine:
        prepare(engine)
        for what, count in maintain(engine, options.keep):
            say(options, f"{what}: {count:,}")
    return 0
