"""Rehearsal: what other locks would do to a lake, before one of them is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from infra.lake.connectors.lock import BreakingChange, ConnectorLock, read_locks
from infra.lake.connectors.option_changes import OptionChange, option_changes
from infra.lake.connectors.releases import breaking_between, is_older
from infra.lake.documents import Problem
from infra.lake.model.connector_uses import actors_with, reach_words, reached, synced_with
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.entry import streams_folder
from infra.lake.rules.check import check_lake


class Release(NamedTuple):
    """A breaking release, and what it is about here, in words; `here`: True if that is synced."""

    change: BreakingChange
    reach: str
    here: bool


@dataclass(frozen=True)
class Rehearsal:
    """What the next lock of a connector does.

    Attributes:
        before, after: the lock that there is, and the one that would take its place.
        breaks: the problems that `check` would have with it and does not have now.
        options: what differs between the options of the two.
        releases: the breaking releases between the two.
        rediscover: sources whose schemas are not those of the next version.
        replaces: entries that Terraform would destroy and create again, as the definition id is another one.

    """

    before: ConnectorLock
    after: ConnectorLock
    breaks: tuple[Problem, ...]
    options: tuple[OptionChange, ...]
    releases: tuple[Release, ...]
    rediscover: tuple[str, ...]
    replaces: tuple[str, ...]

    @property
    def is_older(self) -> bool:
        """True if the next lock is of an earlier version."""
        return is_older(self.after.tag, self.before.tag)


def rehearse(root: Path, locks: Sequence[ConnectorLock]) -> tuple[Rehearsal, ...]:
    """A rehearsal for each lock that would take the place of one that can be read; the files stay as they are."""
    old, _ = read_locks(root)
    pairs = [(old[lock.connector], lock) for lock in locks if lock.connector in old]
    if not pairs:
        return ()
    checked = check_lake(root, catalogs=False)
    breaks = _breaks(root, set(map(_key, checked.report.errors)), [new for _, new in pairs])
    return tuple(_rehearsal(checked.model, before, after, breaks[after.connector]) for before, after in pairs)


def _rehearsal(model: LakeModel, before: ConnectorLock, after: ConnectorLock, breaks: tuple[Problem, ...]) -> Rehearsal:
    return Rehearsal(
        before,
        after,
        breaks,
        option_changes(before.spec, after.spec),
        releases_here(model, after.connector, breaking_between(after, before.tag, after.tag)),
        tuple(dict.fromkeys(_to_discover(model, before, after))),
        tuple(dict.fromkeys(_replaced(model, before, after))),
    )


def releases_here(model: LakeModel, connector: str, changes: Sequence[BreakingChange]) -> tuple[Release, ...]:
    """Breaking releases of a connector, crossed with what is synced with it in any stack."""
    synced = [one for stack in model.stacks.values() for one in synced_with(stack, connector)]
    found = [(change, reached(change, synced)) for change in changes]
    return tuple(Release(change, reach_words(change, here), bool(here)) for change, here in found)


def _breaks(root: Path, known: set[object], locks: Sequence[ConnectorLock]) -> Mapping[str, tuple[Problem, ...]]:
    """Connector -> the problems that are new with its next lock; each alone only where all together break something."""
    if not _new(root, known, locks):
        return {lock.connector: () for lock in locks}
    return {lock.connector: _new(root, known, [lock]) for lock in locks}


def _new(root: Path, known: set[object], locks: Sequence[ConnectorLock]) -> tuple[Problem, ...]:
    checked = check_lake(root, catalogs=False, other_locks={lock.connector: lock for lock in locks})
    return tuple(problem for problem in checked.report.errors if _key(problem) not in known)


def _key(problem: Problem) -> object:
    return problem.location, problem.rule, problem.message


def _to_discover(model: LakeModel, before: ConnectorLock, after: ConnectorLock) -> Iterator[str]:
    if before.tag == after.tag:
        return
    for stack in model.stacks.values():
        for source in stack.sources.values():
            folder = model.sources.get(streams_folder(source))
            if source.settings.connector != after.connector or folder is None or not folder.discovery.streams:
                continue
            said = folder.discovery.provenance
            if said is None or said[0].version != after.tag:
                yield streams_folder(source)


def _replaced(model: LakeModel, before: ConnectorLock, after: ConnectorLock) -> Iterator[str]:
    if before.definition_id == after.definition_id:
        return
    for stack in model.stacks.values():
        for actor in actors_with(stack, after.connector):
            if actor.settings.managed and not actor.settings.definition_id:
                yield actor.path
