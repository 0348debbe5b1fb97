"""`lakeform landing maintain`."""

from __future__ import annotations

import argparse

from infra.commands.common import add_format, find_root, print_json, read_loaded, say
from infra.commands.landing_options import find_landing, span


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--keep --format`."""
    parser.add_argument(
        "--keep", type=span, default="168h", metavar="DURATION", help="how far back snapshots stay; default: 168h"
    )
    add_format(parser)


def run(options: argparse.Namespace) -> int:
    """Do each step, and say what came of it."""
    from infra.landing.engine.opening import open_engine  # noqa: PLC0415  # needs the extra
    from infra.landing.feed.ledger import prepare  # noqa: PLC0415
    from infra.landing.feed.maintain import maintain  # noqa: PLC0415

    settings = find_landing(read_loaded(find_root(options)), options)
    with open_engine(settings) as engine:
        prepare(engine)
        done = []
        for what, count in maintain(engine, options.keep):
            done.append({"step": what, "count": count})
            if options.format == "text":
                say(options, f"{what}: {count:,}")
    if options.format == "json":
        print_json({"steps": done})
    return 0
