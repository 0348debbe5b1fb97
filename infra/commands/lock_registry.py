"""What a connector registry has of the connectors that are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.base.errors import UserError
from infra.lake.connectors.definitions import Definition, find_definition, is_withdrawn, locked
from infra.lake.connectors.lock import lock_path
from infra.lake.connectors.prose import Locked

_ARCHIVED = "archived"


@dataclass(frozen=True)
class Trouble:
    """Why there is no lock for a connector, or what should be known of it; only the first `fails` the command."""

    connector: str
    message: str
    fails: bool = True


def found_in(
    root: Path, connectors: Sequence[str], known: Mapping[str, Definition]
) -> tuple[list[Locked], list[Trouble]]:
    """The locks of those connectors that the registry has, and what is wrong with the others.

    Raises UserError where a single one is asked for, which has no lock either and cannot get one.
    """
    found: list[Locked] = []
    troubles: list[Trouble] = []
    for name in connectors:
        has_lock = (root / lock_path(name)).exists()
        try:
            entry = _usable(name, known, has_lock=has_lock)
            found.append(locked(entry))
            troubles += _told(name, entry)
        except UserError as error:
            if connectors == [name] and not has_lock:
                raise
            troubles.append(Trouble(name, str(error)))
    return found, troubles


def _usable(name: str, known: Mapping[str, Definition], *, has_lock: bool) -> Definition:
    stays = "; its lock stays as it is" if has_lock else ""
    if has_lock and name not in known:
        raise UserError(f"the registry no longer has {name}{stays}")
    entry = find_definition(name, known)
    if is_withdrawn(entry):
        raise UserError(f"the registry has withdrawn {name} (tombstone){stays}")
    return entry


def _told(name: str, entry: Definition) -> list[Trouble]:
    archived = entry.get("supportLevel") == _ARCHIVED
    return [Trouble(name, f"{name} is archived: Airbyte no longer maintains it", fails=False)] if archived else []
