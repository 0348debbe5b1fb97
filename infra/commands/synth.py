"""`lakeform synth`, which is what `cdktf synth` runs."""

from __future__ import annotations

import argparse

from infra.commands.answer import Answer, tell
from infra.commands.common import add_format, find_root, print_report, refuse
from stacks.lake import stale_lake, synth_lake


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--check --format`."""
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 and name what is not current")
    add_format(parser)


def run(options: argparse.Namespace) -> int:
    """Check, then write all that is generated; with `--check`, name what is not current."""
    root = find_root(options)
    if options.check:
        broken, stale = stale_lake(root)
        if broken.errors:
            return refuse(options, broken)
        print_report(stale, as_json=options.format == "json")
        return 1 if stale.errors else 0
    broken, changes = synth_lake(root)
    if broken.errors:
        return refuse(options, broken)
    tell(options, Answer(changes))
    return 0
