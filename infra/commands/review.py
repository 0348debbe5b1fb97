"""`lakeform review`."""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import date
from pathlib import Path

from infra.base.errors import UserError
from infra.base.revision import Revision, base_of, files_at
from infra.commands.common import add_format, find_root, refuse
from infra.commands.review_print import print_review
from infra.commands.today import add_today, today_of
from infra.lake.documents import Report
from infra.lake.documents.files import text_of
from infra.lake.documents.read import list_folders
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.load import load_lake
from infra.lake.model.output import DOCUMENT, MANIFEST, MANIFESTS, OUTPUT, document_path
from infra.lake.models.extra import NOT_READ, can_read_models
from infra.lake.models.project import has_models
from infra.lake.rules.check import check_lake
from infra.lake.rules.strays import allowed_files
from infra.review.details.output_files import output_files
from infra.review.rails.review import Review, review
from infra.review.sides.secret_texts import read_secret_texts, secret_file_names
from infra.review.sides.side import Side
from infra.review.sides.stack_json import StackDocument, read_stack_document


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--base --server --format --today`."""
    parser.add_argument(
        "--base",
        metavar="REF",
        help="branch, tag or commit to compare with, as it was where this work branched off",
    )
    parser.add_argument(
        "--server",
        action="store_true",
        help="compare what is in Airbyte too, or alone without --base; with --base only its server is asked, with its login",
    )
    add_format(parser, "markdown")
    add_today(parser)


def run(options: argparse.Namespace) -> int:
    """Print the review; 1 if something is refused, or if the files cannot be reviewed as they are."""
    if options.base is None and not options.server:
        raise UserError("name what to compare with: --base main for a branch, --server for what is in Airbyte, or both")
    root = find_root(options)
    base = base_of(root, options.base) if options.base is not None else None
    head, report = _head(root)
    if head is None:
        return refuse(options, report)
    today = today_of(root, options)
    change = _change(root, base, head, today) if base else None
    if options.server:
        from infra.commands.review_server import review_with_server  # noqa: PLC0415  # loads what talks to servers

        return review_with_server(options, head, change, base.time if base else None, today)
    assert change, "there is a base"
    print_review(change[1], options.format)
    return 1 if change[1].refused else 0


def _change(root: Path, base: Revision, head: Side, today: date | None) -> tuple[Side, Review]:
    """The base, and the review of the change."""
    with files_at(root, base) as folder:
        side, notes = _base(folder, base.commit)
        side = _with_secrets_of(root, base, side)
        if has_models(root) and not can_read_models():
            notes = (*notes, NOT_READ)
        return side, review(side, head, base.time, notes, today)


def _head(root: Path) -> tuple[Side | None, Report]:
    """The working tree; with problems, or output that is not current, there is nothing to review."""
    checked = check_lake(root)
    if checked.report.errors:
        return None, Report.of(checked.report.errors)
    from stacks.synth import stale_stacks  # noqa: PLC0415  # starts Node, which a lake with problems does not need

    stale = Report.of(stale_stacks(checked.model))
    return (None, stale) if stale.errors else (_with_models(_with_secrets(root, _side(checked.model))), stale)


def _with_secrets(folder: Path, side: Side) -> Side:
    return replace(side, secrets=read_secret_texts(folder, side.model))


def _with_secrets_of(root: Path, base: Revision, side: Side) -> Side:
    """The base with its encrypted files, which only its registry names."""
    with files_at(root, base, (MANIFESTS, *sorted(secret_file_names(side.model)))) as folder:
        return _with_secrets(folder, side)


def _with_models(side: Side) -> Side:
    """The side with its dbt models, where there are some and the extra that reads them."""
    if not has_models(side.model.root) or not can_read_models():
        return side
    from infra.lake.models.lake_graph import lake_graph  # noqa: PLC0415  # the parsers are an extra

    return replace(side, models=lake_graph(side.model))


def _base(folder: Path, commit: str) -> tuple[Side, tuple[str, ...]]:
    """The base, and what should be known about it."""
    loaded = load_lake(folder)
    try:
        side = _side(loaded.model)
    except UserError as error:
        raise UserError(f"the base ({commit[:10]}): {error}") from None
    notes = []
    if not side.documents:
        notes.append(f"the base ({commit[:10]}) has no synthesized output, so everything counts as new")
    elif Report.of(loaded.problems).errors:
        notes.append(f"the base ({commit[:10]}) has problems of its own, so some details may be missing")
    return side, tuple(notes)


def _side(model: LakeModel) -> Side:
    """Everything that is known of a lake on disk."""
    documents = _documents(model.root)
    files: dict[str, dict[str, bytes]] = {}
    for path in output_files(model.root, model.root / OUTPUT, allowed_files(model)):
        parts = path.split("/")
        inside = parts[0] == "stacks" and len(parts) > 2 and parts[1] in documents
        stack, name = (parts[1], "/".join(parts[2:])) if inside else ("", path)
        if path not in (MANIFEST, f"stacks/{stack}/{DOCUMENT}"):
            files.setdefault(stack, {})[name] = _content(model.root / OUTPUT / path)
    return Side(model, documents, files)


def _content(path: Path) -> bytes:
    """What a file holds; nothing for a folder without files."""
    return path.read_bytes() if path.is_file() and not path.is_symlink() else b""


def _documents(root: Path) -> dict[str, StackDocument]:
    """Stack -> its synthesized document. Raises UserError for one that cannot be read."""
    documents = {}
    for stack in list_folders(root, f"{OUTPUT}/stacks"):
        file = document_path(stack)
        if (root / file).is_file():
            documents[stack] = read_stack_document(file, text_of(str(root / file), file))
    return documents
