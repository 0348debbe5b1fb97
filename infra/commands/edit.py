"""What `remove` and `rename` share: what is meant, and how an edit of the lake is tried, written and told."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from infra.base.printable import show
from infra.commands.answer import Answer, tell
from infra.commands.common import add_format, refuse
from infra.lake.catalog.streams import SourceStreams
from infra.lake.documents import Report
from infra.lake.documents.generated import FileChange
from infra.lake.documents.operation import Operation
from infra.lake.model.find import find_stream_file, named_entry
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.declared import SECTIONS
from infra.scaffold.tried_edit import new_problems, texts_with, write_edit

_NEXT = "lakeform synth, and a pull request; lakeform review tells what it does to the data"


def add_what(parser: argparse.ArgumentParser) -> None:
    """The argument that names an entry, or a stream of a source."""
    about = "sources.shop, connections.shop_to_lake, or an id alone where one entry has it; streams.shop.orders"
    parser.add_argument("what", metavar="ENTRY|STREAM", help=about)
    add_format(parser)


def stream_of(model: LakeModel, what: str) -> tuple[SourceStreams, str] | None:
    """The folder and the stem of `streams.shop.orders`; None for what is no stream. Raises UserError with the near matches."""
    if not what.startswith("streams."):
        return None
    source, _, stream = what.removeprefix("streams.").partition(".")
    return find_stream_file(model, source, stream)


def entry_of(model: LakeModel, what: str) -> tuple[str, str]:
    """(section, id) of an entry. Raises UserError with the near matches."""
    return named_entry(model, what, tuple(SECTIONS))


def write(options: argparse.Namespace, root: Path, operations: Sequence[Operation], notes: Iterable[str] = ()) -> int:
    """Write an edit of the lake, and tell its files; 1, with nothing written, if the lake would not pass check with it."""
    texts = texts_with(root, operations)
    if problems := new_problems(root, texts):
        return _refuse(options, Report.of(problems))
    write_edit(root, texts)
    changes = [FileChange("removed" if text is None else "wrote", file) for file, text in sorted(texts.items())]
    tell(options, Answer(changes, tuple(notes), next=(_NEXT,)))
    return 0


def _refuse(options: argparse.Namespace, report: Report) -> int:
    code = refuse(options, report)
    if options.format == "text":
        show("nothing is written: with this the lake would not pass check", to=sys.stderr)
    return code
