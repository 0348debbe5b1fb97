"""`lakeform backfill`."""

from __future__ import annotations

import argparse
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from infra.airbyte.server import open_server
from infra.airbyte.workspace.backfills import BackfillState, read_states, written_in
from infra.airbyte.workspace.matching import match_connections, read_workspace
from infra.base.columns import columns
from infra.base.errors import UserError
from infra.base.printable import show
from infra.commands.answer import Answer, tell, wrote
from infra.commands.common import add_format, find_root, print_json, print_report, say
from infra.commands.progress import progress
from infra.commands.stacks import read_lake
from infra.lake.documents import Report, why_refused, write_text
from infra.lake.model.backfills import backfills_of
from infra.lake.model.find import chosen_stacks
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.stack import Stack
from infra.lake.registry.backfill import TRUE, Backfill, check_token
from infra.lake.rules.backfills import advise_backfills, check_backfills
from infra.scaffold.backfill_file import (
    backfills_for,
    describe_effect,
    find_stream,
    path_of,
    provider_texts,
    text_with,
    with_backfill,
)

NEXT = "lakeform synth, and open a pull request; the apply after the merge requests it from Airbyte once"
KEPT = "backfills: true stays in the registry; it can be removed in a later change, once this one is applied"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`SOURCE STREAM --token --mode --reason`, or `--list`, or `--done`."""
    parser.add_argument("source", metavar="SOURCE", nargs="?", help="id in the registry")
    parser.add_argument("stream", metavar="STREAM", nargs="?", help="its stream file, without .json")
    parser.add_argument(
        "--token", help="what distinguishes this backfill from earlier ones, such as 2026-11-fix-time-zone"
    )
    parser.add_argument("--mode", choices=("merge", "truncate", "clear"), default="merge", help="default: merge")
    parser.add_argument("--reason", metavar="TEXT", help="why; the review shows it")
    parser.add_argument("--list", action="store_true", dest="listed", help="show all backfills")
    parser.add_argument("--server", action="store_true", help="with --list: ask the servers whether they have run")
    parser.add_argument("--done", action="store_true", help="remove the backfills that have run from the stream files")
    parser.add_argument("--stack", metavar="STACK", help="with --list and --done: only this stack's backfills")
    add_format(parser)


def run(options: argparse.Namespace) -> int:
    """Write one backfill, list all, or remove those that have run; 1 if a backfill is refused."""
    root = find_root(options)
    if options.listed and options.done:
        raise UserError("--list and --done exclude each other; use one of them")
    if (options.listed or options.done) and options.source is not None:
        raise UserError("--list and --done cover all backfills; leave SOURCE and STREAM out")
    if options.listed:
        return _list(options, root)
    if options.done:
        return _remove(options, root)
    if options.source is None or options.stream is None:
        raise UserError("name SOURCE and STREAM, or use --list or --done")
    return _write(options, root)


def _write(options: argparse.Namespace, root: Path) -> int:
    model = read_lake(root)
    folder, stream = find_stream(model, options.source, options.stream)
    file, backfill = path_of(folder, stream.stem), _backfill(options)
    if stream.backfill is not None and stream.backfill.token == backfill.token:
        raise UserError(
            f'{file} already has the backfill "{backfill.token}", and a token never runs twice; choose another one: --token NAME'
        )
    changed = with_backfill(model, folder, stream.stem, backfill)
    about = [problem for problem in check_backfills(changed) if problem.location.file == file]
    if about:
        print_report(Report.of(about), as_json=options.format == "json")
        return 1
    found = list(backfills_for(changed, folder, stream.stem))
    texts, by_hand = provider_texts(model, dict.fromkeys(stack.id for stack, _ in found))
    texts = {file: text_with(root, file, backfill), **texts}
    for name, text in texts.items():
        write_text(root, name, text)
    warnings = Report.of(problem for problem in advise_backfills(changed) if problem.location.file == file)
    notes = [
        *(
            f"add backfills: true to lake.stacks.{id_} by hand: it is written in a way that lakeform cannot edit"
            for id_ in by_hand
        ),
        *(f"{stack.id}: {one.connection} {describe_effect(one)}" for stack, one in found),
        *(["no connection syncs the stream, so nothing is read"] if not found else []),
        *(f"warning: {problem.message}; {problem.fix}" for problem in warnings.problems),
    ]
    tell(options, Answer(wrote(list(texts)), notes, next=(NEXT,), more=warnings.to_json()))
    return 0


def _backfill(options: argparse.Namespace) -> Backfill:
    token = TRUE if options.token is None else options.token
    if why := why_refused(check_token, token):
        raise UserError(f"--token: {'; '.join(filter(None, why))}")
    return Backfill(token=token, mode=options.mode, reason=options.reason)


def _list(options: argparse.Namespace, root: Path) -> int:
    found = list(_states(options, root, ask=options.server))
    if options.format == "json":
        listed = [one.to_json() for one in found]
        # The name of the last release, for scripts that read it; the next one drops it.
        print_json({"backfills": listed, "wishes": listed})
    elif found:
        show("\n".join(_rows(found)))
    else:
        say(options, "no stream has a backfill")
    return 0


def _states(options: argparse.Namespace, root: Path, *, ask: bool) -> Iterator[BackfillState]:
    model = read_lake(root)
    for stack in chosen_stacks(model, options.stack):
        backfills = backfills_of(stack)
        if ask and backfills:
            with progress(options, f"querying the server of {stack.id}"):
                yield from _asked(model, stack)
        else:
            yield from (BackfillState(stack.id, backfill, written_in(backfill)) for backfill in backfills)


def _asked(model: LakeModel, stack: Stack) -> list[BackfillState]:
    server = open_server(stack, os.environ)
    own = {one.entry.id: one for one in match_connections(stack, read_workspace(server), {})}
    return list(read_states(model.root, stack.id, backfills_of(stack), own, server))


def _rows(found: Sequence[BackfillState]) -> Iterator[str]:
    asked = [(one.stack, one.backfill, one.to_text()) for one in found]
    cells = [(stack, one.connection, one.stream, one.token, one.mode, text) for stack, one, text in asked]
    for (_, one, _), line in zip(asked, columns(cells), strict=True):
        yield line
        if one.reason:
            yield f"    {' '.join(one.reason.split())}"


def _remove(options: argparse.Namespace, root: Path) -> int:
    """A stream file may be synced by several connections: its backfill goes when it has run in all of them."""
    if options.stack is not None:
        raise UserError("--done covers every stack, as a backfill may apply to several; leave --stack out")
    files: dict[str, list[BackfillState]] = defaultdict(list)
    for one in _states(options, root, ask=True):
        files[one.file].append(one)
    changed: list[str] = []
    notes: list[str] = []
    for file, states in sorted(files.items()):
        left = [one for one in states if one.state != "done"]
        if left:
            notes.append(f"kept {file}: {left[0].backfill.connection}: {left[0].to_text()}")
        elif file.endswith(".json"):
            changed += [file] if write_text(root, file, text_with(root, file, None)) else []
            notes.append(f"removed the backfill from {file}")
        else:
            by_hand = f"remove it from {states[0].backfill.connection} by hand"
            notes.append(f"kept {file}: its backfill is done; {by_hand}")
    _tell_removed(options, changed, [*notes, f"backfills removed: {len(changed)}", *([KEPT] if changed else [])])
    return 0


def _tell_removed(options: argparse.Namespace, changed: list[str], lines: list[str]) -> None:
    """The notes say which files were written."""
    if options.format == "json":
        tell(options, Answer(wrote(changed), lines))
    for line in lines if options.format == "text" else ():
        say(options, line)
