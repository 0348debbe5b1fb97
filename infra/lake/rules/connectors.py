"""Connectors: known by name and locked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from infra.lake.connectors.lock import is_connector, lock_path, why_no_connector
from infra.lake.documents import Problem, did_you_mean, near_matches, question
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.draft import Draft
from infra.lake.registry.foreign import connector_name


def check_connectors(model: LakeModel) -> Iterator[Problem]:
    """`unknown-connector` for a name that cannot be one, `connector-not-locked` for one without a lock file,
    `discovery-version` (a warning) for schemas of another version than the lock.
    """
    for draft in model.drafts.entries.values():
        connector = draft.text("connector")
        if connector is not None and draft.section != "connections":
            yield from _check_connector(model, draft, connector)
        if draft.section == "sources":
            yield from _check_discovery(model, draft)


def _check_connector(model: LakeModel, draft: Draft, connector: str) -> Iterator[Problem]:
    kind = draft.kind
    if not connector.startswith(f"{kind}-") or not is_connector(connector):
        same_kind = [name for name in model.locks if name.startswith(f"{kind}-")]
        message = f'"{connector}" is not a {kind} connector: {why_no_connector(kind, connector)}'
        meant = connector_name(kind, connector)
        fix = f"write {meant}" if meant in same_kind else did_you_mean(connector, same_kind, "locked connectors")
        yield draft.layers.problem("unknown-connector", ("connector",), message, fix)
    elif needs_lock(draft.layers.value) and not (model.root / lock_path(connector)).exists():
        # By what follows the kind: all names of a kind look alike by their beginning.
        names = {name.removeprefix(f"{kind}-"): name for name in model.locks if name.startswith(f"{kind}-")}
        close = [names[near] for near in near_matches(connector.removeprefix(f"{kind}-"), names)]
        command = f"lakeform lock {connector}"
        fix = f"{question(close)}\nif not, run: {command}" if close else f"run: {command}"
        message = f'the connector "{connector}" is not locked'
        yield draft.layers.problem("connector-not-locked", ("connector",), message, fix)


def _check_discovery(model: LakeModel, draft: Draft) -> Iterator[Problem]:
    """The spec and the streams should be those of one version, unless nobody can run the locked one here."""
    folder, lock = model.sources.get(draft.id), model.locks.get(draft.text("connector") or "")
    if folder is None or lock is None or folder.discovery.provenance is None:
        return
    provenance, layers = folder.discovery.provenance
    known = (None, lock.tag)
    if provenance.connector == lock.connector and provenance.version not in known and provenance.instead_of != lock.tag:
        message = f"the streams were discovered with {provenance.version}, and the lock is for {lock.tag}"
        fix = "discover again with the locked version, or lock the other one"
        yield layers.problem("discovery-version", ("version",), message, fix, severity="warning")


def needs_lock(entry: Mapping[str, Any]) -> bool:
    """False for an entry whose connector is another's to define."""
    return not any(entry.get(key) for key in ("definition_id", "existing", "external"))
