"""`lakeform landing sql`."""

from __future__ import annotations

import argparse
import sys

from infra.base.errors import UserError
from infra.base.printable import show
from infra.commands.common import add_format, find_root, print_json, read_loaded
from infra.commands.landing_options import find_landing


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`[STATEMENT] --format`."""
    parser.add_argument(
        "statement", nargs="?", metavar="STATEMENT", help="default: read statements from standard input"
    )
    parser.add_argument("--write", action="store_true", help="allow statements that change something, under the lock")
    add_format(parser)


def run(options: argparse.Namespace) -> int:
    """Answer one statement, or each that is typed; 1 if one failed."""
    from infra.landing.engine.opening import open_engine  # noqa: PLC0415  # needs the extra
    from infra.landing.feed.shell import Shell  # noqa: PLC0415

    if options.statement is None and options.format == "json":
        raise UserError("--format json is for one answer: name a STATEMENT")
    settings = find_landing(read_loaded(find_root(options)), options)
    with open_engine(settings, read_only=not options.write) as engine:
        shell = Shell(engine, write=options.write)
        if options.statement is None:
            return shell.talk(sys.stdin, show)
        answer = shell.ask(options.statement)
        if options.format == "json":
            print_json({"columns": list(answer.columns), "rows": [list(row) for row in answer.texts()]})
        else:
            show(answer.to_text())
    return 0
