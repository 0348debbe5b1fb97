"""`lakeform lock`."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from infra.base.errors import UserError
from infra.commands.answer import Answer, tell
from infra.commands.common import add_format, definitions, find_root, read_declared, refuse_links, say
from infra.commands.lock_check import check_locks
from infra.commands.lock_registry import Trouble, found_in
from infra.commands.lock_spec import lock_from_spec
from infra.commands.lock_told import Told, tell_locks, tell_rehearsals
from infra.commands.schema import has_schemas, write_schemas
from infra.commands.today import add_today, today_of
from infra.lake.connectors.definitions import PUBLIC_REGISTRY
from infra.lake.connectors.lock import is_connector, lock_path
from infra.lake.connectors.prose import Locked
from infra.lake.documents.generated import FileChange, GeneratedFiles
from infra.lake.registry.declared import Declared
from infra.lake.registry.kinds import ACTORS, KIND_OF
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
    given = _given(options)
    found, troubles = (given, []) if given else _locks(root, options)
    locks = [one.lock for one in found]
    stale = GeneratedFiles(root, {lock_path(lock.connector): lock.to_text() for lock in locks}).stale()
    changed = [lock for lock in locks if lock_path(lock.connector) in stale]
    if options.check:
        return check_locks(root, options, changed, locks, troubles)
    rehearsals = rehearse(root, changed)
    held = {one.after.connector: why for one in rehearsals if (why := _why_held(one, options))}
    told = Told(found, changed, rehearsals, held, troubles)
    tell_rehearsals(options, told, today_of(root, options))
    done = write_locks(root, [one for one in found if one.lock.connector not in held])
    if options.format == "text":
        tell(options, done)
    tell_locks(options, told, done)
    if options.format == "text" and not done.changes and not held and not troubles:
        say(options, "nothing to lock" if not found else "every lock is current")
    return 1 if held or any(trouble.fails for trouble in troubles) else 0


def _why_held(rehearsal: Rehearsal, options: argparse.Namespace) -> str:
    """Why the lock that there is stays; empty if the next one is written."""
    if rehearsal.is_older and not options.downgrade and not options.from_package:
        return f"{rehearsal.after.tag} is older: --downgrade takes it"
    if rehearsal.breaks and not options.force:
        return f"{rehearsal.after.tag} breaks the lake: --force takes it, and then check says what is left to do"
    return ""


def write_locks(root: Path, found: Iterable[Locked]) -> Answer:
    """Write locks with the prose beside them, and the schemas for editors that follow from them; one change a connector."""
    changes: list[FileChange] = []
    notes: list[str] = []
    for one in found:
        if written := GeneratedFiles(root, one.files()).write():
            changes.append(written[0]._replace(version=one.lock.tag))
            notes += [f"left out: {flaw.to_text()} in the spec of {one.lock.connector}" for flaw in one.flaws]
    if changes and has_schemas(root):
        changes += write_schemas(root)
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


def _locks(root: Path, options: argparse.Namespace) -> tuple[list[Locked], list[Trouble]]:
    names = options.connectors or _wanted(root, everything=options.upgrade or options.check)
    return found_in(root, names, definitions(options)) if names else ([], [])


def _wanted(root: Path, *, everything: bool) -> list[str]:
    """The connectors that the registry names, without those that have a lock, unless `everything`."""
    named = sorted(set(_connectors(read_declared(root))))
    return [name for name in named if everything or not (root / lock_path(name)).exists()]


def _connectors(declared: Declared) -> Iterable[str]:
    for section in ACTORS:
        for piece in declared.entries[section].values():
            entry = piece.value if isinstance(piece.value, dict) else {}
            connector = entry.get("connector")
            if (
                isinstance(connector, str)
                and connector.startswith(f"{KIND_OF[section]}-")
                and "definition_id" not in entry
            ):
                yield connector
