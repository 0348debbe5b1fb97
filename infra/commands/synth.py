"""`lakeform synth`, which is what `cdktf synth` runs."""

from __future__ import annotations

import argparse
import sys

from infra.commands.common import find_root, print_report, say
from stacks.lake import stale_lake, synth_lake


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--check`."""
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 and name what is not current")


def run(options: argparse.Namespace) -> int:
    """Check, then write all that is generated; with `--check`, name what is not current."""
    root = find_root(options)
    if options.check:
        broken, stale = stale_lake(root)
        print_report(stale)
        code = 1 if stale.errors else 0
    else:
        broken, code = synth_lake(root, lambda line: say(options, line)), 0
    print_report(broken, to=sys.stderr)
    return 1 if broken.errors else code
