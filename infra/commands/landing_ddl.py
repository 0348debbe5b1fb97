"""`lakeform landing ddl`."""

from __future__ import annotations

import argparse
import os

from infra.commands.common import find_root, read_model
from infra.commands.landing_options import add_streams
from infra.lake.files.feeds import chosen_feeds, feeds_of
from infra.landing.settings import choose_landing
from infra.landing.types.statements import table_statements
from infra.landing.types.targets import by_table, target_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`[SOURCE [STREAM]]`."""
    add_streams(parser)


def run(options: argparse.Namespace) -> int:
    """Print the statements of each table; nothing is asked, and nothing done."""
    model = read_model(find_root(options))
    landing = choose_landing(model.registry.lake, options.landing, os.environ)
    chosen = chosen_feeds(feeds_of(model, landing), options.source, options.stream)
    for feeds in by_table(chosen).values():
        print("\n".join(f"{statement};" for statement in table_statements(target_of(feeds[0]))), end="\n\n")
    return 0
