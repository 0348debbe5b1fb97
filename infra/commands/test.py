"""`lakeform test`."""

from __future__ import annotations

import argparse
import os

from infra.airbyte.server import open_server
from infra.base.errors import UserError
from infra.base.printable import show
from infra.commands.common import add_format, find_root, print_json, refuse_links, say
from infra.commands.progress import progress
from infra.lake.model.find import find_actor
from infra.lake.model.load import load_lake
from infra.lake.registry.entries import Source
from infra.lake.registry.entry import actor_name


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`SOURCE|DESTINATION --stack --format`."""
    parser.add_argument("entry", metavar="SOURCE|DESTINATION", help="id in the registry; sources.x where both have one")
    parser.add_argument("--stack", metavar="STACK", help="whose server to ask; required if the entry is in several")
    add_format(parser)


def run(options: argparse.Namespace) -> int:
    """Let the server check the connection and pass on what it says; 1 if the check fails."""
    root = find_root(options)
    refuse_links(root)
    model = load_lake(root).model
    stack, placed = find_actor(model, options.entry, options.stack)
    if isinstance(placed.settings, Source) and placed.settings.external:
        raise UserError(f"{placed.path} is loaded by {placed.settings.external}: Airbyte has nothing to check")
    with progress(options, f"checking {placed.path} on the server of {stack.id}") as shown:
        server = open_server(stack, os.environ, tell=shown.tell)
        checked = server.check(server.locate(placed))
    if options.format == "json":
        answer = {
            "entry": placed.path,
            "stack": stack.id,
            "works": checked.succeeded,
            "message": checked.message or None,
        }
        print_json(answer)
        return 0 if checked.succeeded else 1
    said = f": {checked.message}" if checked.message else ""
    if not checked.succeeded:
        show(f'{placed.path}: "{actor_name(placed)}" cannot connect{said or "; the server gives no reason"}')
        return 1
    say(options, f"{placed.path}: the connection works{said}")
    return 0
