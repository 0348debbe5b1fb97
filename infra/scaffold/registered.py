"""Registered: what the registry has already, as far as a new entry has to fit in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.base.faults import Fault
from infra.lake.connectors.lock import ConnectorLock
from infra.lake.connectors.walk import references_in
from infra.lake.documents import did_you_mean, why_refused
from infra.lake.documents.types import check_id
from infra.lake.registry.declared import FOLDER, Declared
from infra.lake.registry.draft import Draft, Drafts, stack_ids
from infra.lake.registry.kinds import KIND_OF


@dataclass(frozen=True)
class Registered:
    """A lake before something is added.

    Attributes:
        root: the project folder.
        declared: the registry as written.
        drafts: its entries, merged.
        locks: connector -> its locked definition.
    """

    root: Path
    declared: Declared
    drafts: Drafts
    locks: Mapping[str, ConnectorLock]

    def refuse_taken(self, section: str, entry_id: str) -> None:
        """Raise Fault if the id is none, exists, or is that of an entry which is gone."""
        if why := why_refused(check_id, entry_id):
            raise Fault("; ".join(filter(None, why)))
        path = f"{section}.{entry_id}"
        found = self.declared.entries[section].get(entry_id)
        if found is not None:
            raise Fault(f"{path} exists: {found.locate(key=True)}")
        for lines, key in ((self.declared.retired, "entry"), (self.declared.renamed, "from")):
            for line in lines:
                if isinstance(line.value, dict) and line.value.get(key) == path:
                    raise Fault(f"{path} is gone on purpose: {line.locate()}; choose another name, or delete that line")

    def new_file(self, entry_id: str) -> str:
        """The path of a registry file for an entry. Raises Fault if there is such a file."""
        path = f"{FOLDER}/{entry_id}.yaml"
        if (self.root / path).is_symlink() or (self.root / path).exists():
            way = "choose another name, or rename that file: names of registry files mean nothing"
            raise Fault(f"{path} exists, and nothing is written over; {way}")
        return path

    def find(self, section: str, entry_id: str) -> None:
        """Raise Fault with the near matches if there is no such entry."""
        known = self.declared.entries[section]
        if entry_id not in known:
            what = KIND_OF[section]
            if not known:
                raise Fault(f"there is no {what} yet: lakeform add {what} NAME --connector {what}-x")
            raise Fault(f'there is no {what} "{entry_id}"; {did_you_mean(entry_id, known, section)}')

    def variables(self) -> frozenset[str]:
        """Every name that a reference, or `lake.variables`, uses."""
        lake = self.declared.lake
        values = [piece.value for entries in self.declared.entries.values() for piece in entries.values()]
        described = lake.value.get("variables") if lake else None
        names = {name for value in (*values, lake.value if lake else None) for _, _, name in references_in(value)}
        return frozenset(names | (set(described) if isinstance(described, dict) else set()))

    def stacks_of(self, section: str, entry_id: str) -> tuple[str, ...]:
        """The stacks that an entry is in."""
        return tuple(self.drafts.placements[section].get(entry_id, ()))

    def known_stacks(self) -> tuple[str, ...]:
        """Every stack of the lake."""
        return stack_ids(self.declared.lake)

    def default_stacks(self, kind: str) -> tuple[str, ...]:
        """The stacks of an entry that names none; empty where it has to."""
        said = self.lake_value("defaults", kind, "stack")
        if isinstance(said, str):
            return (said,)
        if isinstance(said, list):
            return tuple(said)
        return self.known_stacks() if len(self.known_stacks()) == 1 else ()

    def lake_value(self, *path: str) -> Any:
        """A value of `lake`, None if it is not there."""
        lake = self.declared.lake
        return lake.child(*path).value if lake and lake.depth_of(path) == len(path) else None

    def chosen_stacks(self, wanted: Sequence[str]) -> tuple[str, ...]:
        """The stacks that somebody named. Raises Fault for one that there is not."""
        for stack in wanted:
            if stack not in self.known_stacks():
                raise Fault(f'there is no stack "{stack}"; {did_you_mean(stack, self.known_stacks(), "stacks")}')
        return tuple(dict.fromkeys(wanted))

    def connections_of(self, source: str) -> Iterator[Draft]:
        """The connections of a source, and of those that borrow its streams, in each of their stacks."""
        borrowers = {
            draft.id
            for draft in self.drafts.entries.values()
            if draft.section == "sources" and draft.text("streams_from") == source
        }
        for draft in self.drafts.entries.values():
            if draft.section == "connections" and draft.text("source") in {source, *borrowers}:
                yield draft

    def lock_of_destination(self, destination: str, stack: str) -> ConnectorLock | None:
        """The lock of a destination's connector; None if there is none."""
        for draft in self.drafts.entries.values():
            if (draft.section, draft.id, draft.stack) == ("destinations", destination, stack):
                return self.locks.get(draft.text("connector") or "")
        return None
