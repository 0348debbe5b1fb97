"""What `lakeform lock` is to lock where nobody names a connector."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from infra.lake.connectors.lock import is_connector, lock_path, read_locks
from infra.lake.documents import Problem, render_path
from infra.lake.registry.declared import Declared, collect, read_registry_files
from infra.lake.registry.draft import make_drafts
from infra.lake.registry.kinds import ACTORS, KIND_OF
from infra.lake.rules.check import errors_of
from infra.lake.rules.connectors import needs_lock
from infra.lake.rules.unread_files import unread_registry_files


class Wanted(NamedTuple):
    """The connectors to lock, sorted, and the problems because of which these may not be all of them."""

    connectors: list[str]
    problems: tuple[Problem, ...] = ()


class _Merged(NamedTuple):
    """A source or destination in one of its stacks, as far as it can be told."""

    section: str
    id: str
    value: Mapping[str, Any]

    @property
    def connector(self) -> str | None:
        """The name of its connector, if it is one."""
        name = self.value.get("connector")
        is_one = isinstance(name, str) and name.startswith(f"{KIND_OF[self.section]}-") and is_connector(name)
        return name if is_one else None


def wanted_in(root: Path, *, everything: bool) -> Wanted:
    """The connectors that the registry names, without those that have a lock, unless `everything`."""
    documents, unread = read_registry_files(root)
    declared = collect(documents, unread)
    merged = list(_merged(declared))
    named = sorted({one.connector for one in merged if one.connector and "definition_id" not in one.value})
    wanted = [name for name in named if everything or not (root / lock_path(name)).exists()]
    second = [problem for problem in declared.second if problem.path.startswith(ACTORS)]
    hiding = [*declared.hiding, *second, *unread_registry_files(root), *_of_nameless(root, merged)]
    return Wanted(wanted, (*hiding, *_of_locks(root, set(named) - set(wanted))))


def _merged(declared: Declared) -> Iterator[_Merged]:
    drafts = make_drafts(declared, {}).entries.values()
    placed = {(draft.section, draft.id) for draft in drafts}
    yield from (_Merged(one.section, one.id, one.layers.value) for one in drafts if one.section in ACTORS)
    for section in ACTORS:
        for id_, piece in declared.entries[section].items():
            if (section, id_) not in placed:
                yield _Merged(section, id_, piece.value if isinstance(piece.value, dict) else {})


def _of_nameless(root: Path, merged: list[_Merged]) -> Iterator[Problem]:
    """What `check` says of the entries whose connector cannot be told."""
    paths = {render_path((one.section, one.id)) for one in merged if one.connector is None and needs_lock(one.value)}
    for problem in errors_of(root) if paths else ():
        if any(f"{problem.path}.".startswith(f"{path}.") for path in paths):
            yield problem


def _of_locks(root: Path, connectors: set[str]) -> Iterator[Problem]:
    """Why locks that there are cannot be read."""
    files = {lock_path(connector) for connector in connectors}
    yield from (one for one in read_locks(root)[1] if one.severity == "error" and one.location.file in files)
