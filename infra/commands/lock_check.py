"""`lakeform lock --check`: which locks are not those of the registry, and which breaking releases wait."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from infra.base.printable import show
from infra.commands.common import print_json, print_report
from infra.commands.lock_registry import Trouble
from infra.commands.lock_told import tell_troubles, troubles_json
from infra.commands.today import today_of
from infra.lake.connectors.lock import ConnectorLock, lock_path, read_locks
from infra.lake.connectors.releases import breaking_between, deadline_words, is_older, message_of
from infra.lake.documents import Layers, Location, Problem, Report, Written
from infra.lake.documents.problem import Severity
from infra.lake.documents.read import read_document
from infra.lake.model.load import load_lake
from infra.lake.rules.rehearsal import Release, releases_here


def check_locks(
    root: Path,
    options: argparse.Namespace,
    changed: Sequence[ConnectorLock],
    known: Sequence[ConnectorLock],
    troubles: Sequence[Trouble],
    problems: Sequence[Problem],
) -> int:
    """Name the locks that would change and the breaking releases beyond the locked versions; 1 if there is any.

    `known`: what the registry says now of every connector that is asked for; `problems`: why that may not be all.
    """
    report = Report.of([*problems, *waiting_releases(root, known, today_of(root, options))])
    old, _ = read_locks(root)
    origin = options.from_spec or options.from_package or options.registry
    lines = [_line(origin, lock, old.get(lock.connector)) for lock in changed]
    if options.format == "json":
        print_json({**report.to_json(), "stale": _stale(changed, old), "troubles": troubles_json(troubles)})
    else:
        for line in lines:
            show(line)
        print_report(report)
        tell_troubles(troubles)
    return 1 if changed or report.errors or any(trouble.fails for trouble in troubles) else 0


def _line(origin: str, lock: ConnectorLock, old: ConnectorLock | None) -> str:
    older = old is not None and is_older(lock.tag, old.tag)
    return f"{lock_path(lock.connector)}  {origin} has {'an older' if older else 'another'} definition: {lock.tag}"


def _stale(changed: Sequence[ConnectorLock], old: dict[str, ConnectorLock]) -> list[dict[str, str | None]]:
    tags = {connector: lock.tag for connector, lock in old.items()}
    return [{"connector": lock.connector, "before": tags.get(lock.connector), "after": lock.tag} for lock in changed]


def waiting_releases(root: Path, known: Sequence[ConnectorLock], today: date | None) -> Iterator[Problem]:
    """`release-breaking` for each breaking release beyond a locked version: an error if it is about what is synced here, and
    the registry has it already.
    """
    old, _ = read_locks(root)
    waiting = {
        lock.connector: changes
        for lock in known
        if lock.connector in old and (changes := breaking_between(lock, old[lock.connector].tag))
    }
    if not waiting:
        return
    model, tags = load_lake(root).model, {lock.connector: lock.tag for lock in known}
    for connector, changes in waiting.items():
        for release in releases_here(model, connector, changes):
            waits = is_older(tags[connector], release.change.version)
            yield _problem(root, old[connector], release, today, waits=waits)


def _problem(root: Path, lock: ConnectorLock, release: Release, today: date | None, *, waits: bool) -> Problem:
    change = release.change
    when = deadline_words(change, today)
    message = (
        f"{lock.connector} {change.version}, which is beyond {lock.tag}, breaks something ({when}); it {release.reach}"
    )
    way = (
        "the registry does not have it yet"
        if waits
        else f"rehearse it: lakeform lock {shlex.quote(lock.connector)} --upgrade"
    )
    fix = f"{message_of(change)}\n{way}"
    severity: Severity = "error" if release.here and not waits else "warning"
    document, _ = read_document(root, lock_path(lock.connector))
    if document is None:
        return Problem("release-breaking", Location(lock_path(lock.connector)), "tag", message, fix, severity=severity)
    layers = Layers.single(Written(document, (), document.value))
    return layers.problem("release-breaking", ("tag",), message, fix, severity=severity)
