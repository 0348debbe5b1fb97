"""`lakeform landing ddl`."""

from __future__ import annotations

import argparse
import os

from infra.base.printable import show
from infra.commands.common import add_format, find_root, print_json, read_loaded
from infra.commands.landing_options import add_streams, find_feeds, mistakes_json
from infra.landing.settings import choose_landing
from infra.landing.types.statements import table_statements
from infra.landing.types.targets import by_table, target_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`[SOURCE [STREAM]] --format`."""
    add_streams(parser)
    add_format(parser)


def run(options: argparse.Namespace) -> int:
    """Print the statements of each table; nothing is asked, and nothing done."""
    loaded = read_loaded(find_root(options))
    landing = choose_landing(loaded.model.registry.lake, options.landing, os.environ)
    _, chosen = find_feeds(loaded, landing, options)
    made = {table: list(table_statements(target_of(feeds[0]))) for table, feeds in by_table(chosen).items()}
    if options.format == "json":
        tables = [{"table": table, "statements": statements} for table, statements in made.items()]
        print_json({**mistakes_json(loaded), "tables": tables})
    for statements in made.values() if options.format == "text" else ():
        show("\n".join(f"{statement};" for statement in statements), end="\n\n")
    return 0
