"""`lakeform lock`."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path

from infra.base.errors import UserError
from infra.commands.answer import Answer, tell
from infra.commands.common import add_format, definitions, find_root, refuse_links, say
from infra.commands.lock_check import check_locks
from infra.commands.lock_registry import Trouble, found_in
from infra.commands.lock_spec import lock_from_spec
from infra.commands.lock_told import Told, tell_locks, tell_rehearsals
from infra.commands.lock_wanted import Wanted, wanted_in
from infra.commands.schema import write_kept_schemas
from infra.commands.today import add_today, today_of
from infra.lake.connectors.definitions import PUBLIC_REGISTRY
from infra.lake.connectors.lock import is_connector, lock_path
from infra.lake.connectors.prose import Locked
from infra.lake.documents.generated import FileChange, GeneratedFiles
from infra.lake.rules.rehearsal import Rehearsal, rehearse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`[CONNECTOR...] --registry --upgrade --check --from-spec --from-package --definition-id --force --downgrade --today
    --format`.
    """
    parser.add_argument(
        "connectors",
        nargs="*",
        metavar="CONNECTOR",
        help="source-x or destination-x; default: every connector of the registry that is not locked yet",
    )
    parser.add_argument("--registry", default=PUBLIC_REGISTRY, metavar="URL|FILE", help="default: %(default)s")
    parser.add_argument("--upgrade", action="store_true", help="without CONNECTOR: also those that are locked already")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 and name the locks that would change"
    )
    parser.add_argument("--from-spec", metavar="FILE", help="a custom connector: lock this spec, with --definition-id")
    parser.add_argument(
        "--from-package",
        metavar="NAME[==VERSION]",
        help="lock the spec that the connector itself reports: its package, airbyte-source-x, is run on this machine",
    )
    parser.add_argument("--definition-id", metavar="UUID", help="the connector's definition id in Airbyte")
    parser.add_argument("--force", action="store_true", help="write also what breaks the lake")
    parser.add_argument(
        "--downgrade", action="store_true", help="write also an older version than the one that is locked"
    )
    add_today(parser)
    add_format(parser)


def run(options: argparse.Namespace) -> int:
    """Rehearse and write the locks, or with `--check` name those that would change; 1 if one is held back or missing."""
    root = find_root(options)
    refuse_links(root)
    for name in options.connectors:
        if not is_connector(name):
            raise UserError(f'"{name}" is not the name of a connector: source-x or destination-x')
    given, wanted = _given(options), _wanted(root, options)
    found, troubles = (given, []) if given else _locks(root, wanted.connectors, options)
    locks = [one.lock for one in found]
    stale = GeneratedFiles(root, {lock_path(lock.connector): lock.to_text() for lock in locks}).stale()
    changed = [lock for lock in locks if lock_path(lock.connector) in stale]
    if options.check:
        return check_locks(root, options, changed, locks, troubles, wanted.problems)
    rehearsals = rehearse(root, changed)
    held = {one.after.connector: why for one in rehearsals if (why := _why_held(one, options))}
    told = Told(found, changed, rehearsals, held, troubles, wanted.problems)
    tell_rehearsals(options, told, today_of(root, options))
    done = write_locks(root, [one for one in found if one.lock.connector not in held])
    if done.changes:
        done = done.and_(write_kept_schemas(root))
    if options.format == "text":
        tell(options, done)
    tell_locks(options, told, done)
    if options.format == "text" and not (done.changes or held or troubles or wanted.problems):
        say(options, "nothing to lock" if not found else "every lock is current")
    return 1 if held or wanted.problems or any(trouble.fails for trouble in troubles) else 0


def _why_held(rehearsal: Rehearsal, options: argparse.Namespace) -> str:
    """Why the lock that there is stays; empty if the next one is written."""
    if rehearsal.is_older and not options.downgrade and not options.from_package:
        return f"{rehearsal.after.tag} is older: --downgrade takes it"
    if rehearsal.breaks and not options.force:
        return f"{rehearsal.after.tag} breaks the lake: --force takes it, and then check says what is left to do"
    return ""


def write_locks(root: Path, found: Iterable[Locked]) -> Answer:
    """Write locks with the prose beside them; one change a connector."""
    changes: list[FileChange] = []
    notes: list[str] = []
    for one in found:
        if written := GeneratedFiles(root, one.files()).write():
            changes.append(written[0]._replace(version=one.lock.tag))
            notes += [f"left out: {flaw.to_text()} in the spec of {one.lock.connector}" for flaw in one.flaws]
    return Answer(changes, notes)


def _given(options: argparse.Namespace) -> list[Locked]:
    """The one lock whose spec the user names; empty where the registry has it. Raises UserError for options that clash."""
    if options.from_spec and options.from_package:
        raise UserError("--from-spec and --from-package both say where the spec is: use one of them")
    if options.from_spec:
        return [lock_from_spec(options.connectors, options.from_spec, options.definition_id)]
    if options.from_package:
        return [_from_package(options)]
    if options.definition_id:
        raise UserError(
            "--definition-id needs --from-spec or --from-package; the registry has the ids of its connectors"
        )
    return []


def _from_package(options: argparse.Namespace) -> Locked:
    from infra.commands.lock_package import lock_from_package  # noqa: PLC0415  # loads what talks to servers

    if options.connectors or options.upgrade:
        raise UserError("--from-package names the connector: leave CONNECTOR and --upgrade out")
    return lock_from_package(options)


def _wanted(root: Path, options: argparse.Namespace) -> Wanted:
    """What is named by the user, else by the registry."""
    if options.connectors or options.from_spec or options.from_package:
        return Wanted(options.connectors)
    return wanted_in(root, everything=options.upgrade or options.check)


def _locks(root: Path, names: Sequence[str], options: argparse.Namespace) -> tuple[list[Locked], list[Trouble]]:
    return found_in(root, names, definitions(options)) if names else ([], [])
