"""Connectors: known by name and locked."""

from __future__ import annotations

from collections.abc import Iterator

from infra.connectors.lock import lock_path
from infra.documents import Problem, did_you_mean
from infra.model.lake_model import LakeModel
from infra.registry.entries import Actor
from infra.registry.registry import Placed


def check_connectors(model: LakeModel) -> Iterator[Problem]:
    """`unknown-connector` for a name that cannot be one, `connector-not-locked` for one without a lock file."""
    for actor in model.actors():
        connector = actor.entry.connector
        if connector is not None:
            yield from _check_connector(model, actor, connector)


def _check_connector(model: LakeModel, actor: Placed[Actor], connector: str) -> Iterator[Problem]:
    kind = actor.entry.kind
    if not connector.startswith(f"{kind}-"):
        same_kind = [name for name in model.locks if name.startswith(f"{kind}-")]
        message = f'"{connector}" is not a {kind} connector'
        fix = did_you_mean(connector, same_kind, "locked") or f"its name begins with {kind}-"
        yield actor.layers.problem("unknown-connector", ("connector",), message, fix)
    elif connector not in model.locks and actor.entry.definition_id is None and actor.entry.managed:
        if (model.root / lock_path(connector)).exists():
            return  # the lock is there and has problems of its own
        close = did_you_mean(connector, model.locks)
        fix = f"run: lakeform lock {connector}" + (f"\n{close}" if close.startswith("did you mean") else "")
        message = f'the connector "{connector}" is not locked'
        yield actor.layers.problem("connector-not-locked", ("connector",), message, fix)
