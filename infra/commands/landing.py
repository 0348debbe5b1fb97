"""`lakeform landing`: files to tables. Each of its verbs is a module of its own."""

from __future__ import annotations

import argparse
import gc
from importlib import import_module

from infra.commands.common_options import add_common

# Verb -> what it does; its code is infra/commands/landing_<verb>.py.
VERBS = {
    "feed": "feed new files into the landing tables, each exactly once",
    "ddl": "the statements that would make the tables, by the lake's files alone",
    "status": "rows, lag and trouble of each table; exit 1 where somebody has to look",
    "replay": "feed files anew, in the place of their old rows",
    "erase": "one person's rows out of a table, its model, older snapshots and raw: a plan first",
    "maintain": "merge small files, forget old snapshots, remove what nobody needs",
    "sql": "ask the tables; without a statement, read them from a terminal",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`VERB ...`."""
    verbs = parser.add_subparsers(dest="landing_verb", required=True, metavar="VERB")
    for verb, summary in VERBS.items():
        sub = verbs.add_parser(verb, help=summary, description=summary[0].upper() + summary[1:] + ".")
        add_common(sub, root=argparse.SUPPRESS, quiet=argparse.SUPPRESS)
        sub.add_argument("--landing", metavar="LANDING", help="default: LAKEFORM_LANDING, or the only one")
        import_module(f"infra.commands.landing_{verb}").add_arguments(sub)


def run(options: argparse.Namespace) -> int:
    """What the verb says."""
    gc.enable()  # these run for long, with many rows
    code: int = import_module(f"infra.commands.landing_{options.landing_verb}").run(options)
    return code
