"""`lakeform impact`."""

from __future__ import annotations

import argparse

from infra.base.printable import show
from infra.commands.common import add_format, find_root, print_json, read_model, say
from infra.lake.models.named import starts_of
from infra.lake.models.project import has_models
from infra.lake.models.tables import stream_tables


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`SOURCE[.STREAM[.FIELD]] --format`."""
    parser.add_argument(
        "what", metavar="SOURCE[.STREAM[.FIELD]]", help="what a change would be about: shopify.orders.id"
    )
    add_format(parser)


def run(options: argparse.Namespace) -> int:
    """Print which models, columns and exposures stand on it, and what cannot be known."""
    model = read_model(find_root(options))
    starts = starts_of(options.what, stream_tables(model))
    if not has_models(model.root) and options.format == "text":
        say(options, "the lake has no models")
        return 0
    from infra.lake.models.lake_graph import lake_graph  # noqa: PLC0415  # the parsers are an extra
    from infra.lake.models.reach import reach_of  # noqa: PLC0415
    from infra.lake.models.render import to_json, to_text  # noqa: PLC0415

    graph = lake_graph(model)
    found = [(start, reach_of(graph, start.table, start.path)) for start in starts]
    if options.format == "json":
        print_json(to_json(found, graph))
    else:
        show(to_text(found, graph))
    return 0
