"""`lakeform rename`."""

from __future__ import annotations

import argparse

from infra.base.errors import UserError
from infra.commands.common import find_root, read_model
from infra.commands.edit import add_what, entry_of, stream_of, write
from infra.lake.registry.kinds import KIND_OF
from infra.scaffold.renaming import earlier_name, names_that_change, rename_entry, rename_stream


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`ENTRY|STREAM NEW`."""
    add_what(parser)
    parser.add_argument("new", metavar="NEW", help="the new id, or the new name of the stream file")


def run(options: argparse.Namespace) -> int:
    """Give an entry another id, or a stream file another name; 1 if the lake would not pass check with it."""
    root = find_root(options)
    model = read_model(root)
    if stream := stream_of(model, options.what):
        folder, stem = stream
        new = options.new.removeprefix(f"streams.{folder.source}.")
        return write(options, root, rename_stream(model, folder, stem, new))
    section, old = entry_of(model, options.what)
    new = options.new.removeprefix(f"{section}.")
    if new == old:
        raise UserError(f"the {KIND_OF[section]} is called {old} already")
    operations = rename_entry(model, section, old, new)
    notes = (*names_that_change(model, section, old, new), *earlier_name(model, section, old, new))
    return write(options, root, operations, notes)
