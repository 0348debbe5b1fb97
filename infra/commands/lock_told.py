"""What `lakeform lock` tells: a rehearsal in words, and as JSON."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from infra.base.printable import show
from infra.commands.answer import Answer
from infra.commands.common import print_json, print_report, say
from infra.commands.lock_registry import Trouble
from infra.lake.connectors.lock import ConnectorLock, lock_path
from infra.lake.connectors.prose import Locked
from infra.lake.connectors.releases import deadline_words, message_of
from infra.lake.documents import Problem, Report, plural
from infra.lake.rules.rehearsal import Rehearsal, Release

# Options that a text names; JSON has all of them.
_SHOWN = 12


class Told(NamedTuple):
    """What became of the locks that were asked for; `held`: connector -> why its lock stays; `problems`: why there may be more
    to lock.
    """

    found: Sequence[Locked]
    changed: Sequence[ConnectorLock]
    rehearsals: Sequence[Rehearsal]
    held: Mapping[str, str]
    troubles: Sequence[Trouble]
    problems: Sequence[Problem]


def tell_rehearsals(options: argparse.Namespace, told: Told, today: date | None) -> None:
    """What the other versions do, the problems that `check` would have, and those because of which there may be more to lock."""
    if options.format == "json":
        return
    for rehearsal in told.rehearsals:
        for line in rehearsal_lines(rehearsal, today):
            say(options, line)
    print_report(_report(told))


def tell_locks(options: argparse.Namespace, told: Told, done: Answer) -> None:
    """What was held back, and what the registry lacks; for programs everything."""
    if options.format == "json":
        about = {"locks": _locks_json(told), "troubles": troubles_json(told.troubles)}
        print_json({**_report(told).to_json(), **about, **done.to_json()})
        return
    for one in told.rehearsals:
        if why := told.held.get(one.after.connector):
            show(f"kept {lock_path(one.after.connector)} ({one.before.tag}): {why}")
    tell_troubles(told.troubles)


def _report(told: Told) -> Report:
    return Report.of([*told.problems, *(problem for one in told.rehearsals for problem in one.breaks)])


def tell_troubles(troubles: Sequence[Trouble]) -> None:
    """What the registry lacks, a line each, where people and logs find what went wrong."""
    for trouble in troubles:
        show(f"lakeform lock: {trouble.message}", to=sys.stderr)


def troubles_json(troubles: Sequence[Trouble]) -> list[dict[str, Any]]:
    """The same as objects."""
    return [{"connector": one.connector, "message": one.message, "fails": one.fails} for one in troubles]


def _locks_json(told: Told) -> list[dict[str, Any]]:
    rehearsed = {one.after.connector: one for one in told.rehearsals}
    changed = {lock.connector for lock in told.changed}
    found = []
    for lock, _, flaws in told.found:
        name = lock.connector
        became = "kept" if name in told.held else "written" if name in changed else "current"
        said = rehearsal_json(rehearsed[name], became) if name in rehearsed else lock_json(lock, became)
        found.append({**said, "left_out": [flaw.to_text() for flaw in flaws]})
    return found


def rehearsal_lines(rehearsal: Rehearsal, today: date | None) -> Iterator[str]:
    """A headline, and below it what the other version does; nothing where that is nothing but another number."""
    lines = list(_lines(rehearsal, today))
    if lines:
        yield f"{rehearsal.after.connector} {versions(rehearsal)}"
        yield from (f"    {line}" for line in lines)


def versions(rehearsal: Rehearsal) -> str:
    """`2.17.3 → 3.0.0`; one where both are the same."""
    tags = (rehearsal.before.tag, rehearsal.after.tag)
    return tags[1] if tags[0] == tags[1] else " → ".join(tags)


def _lines(rehearsal: Rehearsal, today: date | None) -> Iterator[str]:
    for release in rehearsal.releases:
        yield release_line(release, today)
    if rehearsal.replaces:
        yield f"another definition id, which replaces {', '.join(rehearsal.replaces)}: sync state is lost"
    for option in rehearsal.options[:_SHOWN]:
        yield option.text
    if len(rehearsal.options) > _SHOWN:
        yield f"and {plural(len(rehearsal.options) - _SHOWN, 'more difference')} between the options"
    for source in rehearsal.rediscover:
        yield f"discover again: lakeform discover {source}"


def release_line(release: Release, today: date | None) -> str:
    """`breaking release 3.0.0 (deadline ...) concerns ...: what Airbyte says`."""
    change = release.change
    return f"breaking release {change.version} ({deadline_words(change, today)}) {release.reach}: {message_of(change)}"


def rehearsal_json(rehearsal: Rehearsal, written: str) -> dict[str, Any]:
    """The object of `--format json`; `written`: what became of the lock."""
    return {
        **lock_json(rehearsal.after, written),
        "before": rehearsal.before.tag,
        "options": [{"kind": option.kind, "text": option.text} for option in rehearsal.options],
        "releases": [_release_json(release) for release in rehearsal.releases],
        "discover": list(rehearsal.rediscover),
        "replaces": list(rehearsal.replaces),
    }


def lock_json(lock: ConnectorLock, written: str) -> dict[str, Any]:
    """The same of a lock that takes the place of none."""
    empty: dict[str, Any] = {"options": [], "releases": [], "discover": [], "replaces": []}
    return {"connector": lock.connector, "lock": written, "before": None, "after": lock.tag, **empty}


def _release_json(release: Release) -> dict[str, Any]:
    change = release.change
    return {
        "version": change.version,
        "deadline": change.deadline,
        "message": change.message,
        "streams": list(change.streams),
        "reach": release.reach,
        "here": release.here,
    }
