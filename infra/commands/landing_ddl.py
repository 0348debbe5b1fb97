"""`lakeform landing ddl`."""

from __future__ import annotations

import argparse
import os

from infra.base.printable import show
from infra.commands.common import find_root, read_loaded
from infra.commands.landing_options import add_streams, find_feeds
from infra.landing.settings import choose_landing
from infra.landing.types.statements import table_statements
from infra.landing.types.targets import by_table, target_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`[SOURCE [STREAM]]`."""
    add_streams(parser)


def run(options: argparse.Namespace) -> int:
    """Print the statements of each table; nothing is asked, and nothing done."""
    loaded = read_loaded(find_root(options))
    landing = choose_landing(loaded.model.registry.lake, options.landing, os.environ)
    _, chosen = find_feeds(loaded, landing, options)
    for feeds in by_table(chosen).values():
        show("\n".join(f"{statement};" for statement in table_statements(target_of(feeds[0]))), end="\n\n")
    return 0
