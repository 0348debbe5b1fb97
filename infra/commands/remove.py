"""`lakeform remove`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from infra.base.errors import UserError
from infra.base.git import uncommitted
from infra.commands.common import find_root, read_model
from infra.commands.edit import add_what, entry_of, stream_of, write
from infra.lake.documents.operation import ABSENT, Operation
from infra.scaffold.removal import remove_entry, remove_stream

# Files that a refusal names.
_SHOWN = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`ENTRY|STREAM --reason`."""
    add_what(parser)
    parser.add_argument("--reason", required=True, metavar="TEXT", help="why; it stands below retired:")
    parser.add_argument("--with-connections", action="store_true", help="also the connections that need the entry")
    parser.add_argument("--force", action="store_true", help="also files whose text git does not have")


def run(options: argparse.Namespace) -> int:
    """Take an entry or a stream out of the lake; 1 if the lake would not pass check without it."""
    root = find_root(options)
    model = read_model(root)
    why = {"date": datetime.now(UTC).date().isoformat(), "reason": options.reason}
    if stream := stream_of(model, options.what):
        operations = remove_stream(model, *stream, why)
    else:
        entry = entry_of(model, options.what)
        operations = remove_entry(model, *entry, why, with_connections=options.with_connections)
    if not options.force:
        _refuse_loss(root, operations)
    return write(options, root, operations)


def _refuse_loss(root: Path, operations: Sequence[Operation]) -> None:
    gone = [one.file for one in operations if not one.path and one.value is ABSENT]
    lost = uncommitted(root, gone)
    if lost:
        shown = ", ".join(lost[:_SHOWN]) + (", ..." if len(lost) > _SHOWN else "")
        raise UserError(f"git does not have {shown} as it is now; commit it first, or add --force")
