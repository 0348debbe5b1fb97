"""Uses: where a stack refers to variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from infra.lake.connectors.lock import ConnectorLock
from infra.lake.connectors.spec import Spec
from infra.lake.documents import KeyPath
from infra.lake.model.stack import Stack
from infra.lake.model.variables import Use, children, type_of
from infra.lake.values.reference import Reference, SecretRef, VarRef, reference_name


def uses_in(stack: Stack, locks: Mapping[str, ConnectorLock]) -> Iterator[Use]:
    """Every reference of a stack: its settings, configurations and mappers."""
    yield from _settings_uses(stack)
    for actor in stack.actors():
        lock = locks.get(actor.settings.connector or "")
        for path, secret, name, spec in _references(actor.settings.configuration, lock.spec if lock else None):
            yield Use(name, secret, type_of(spec, secret), actor.path, actor.layers, ("configuration", *path))
    for connection in stack.connections.values():
        for stream in stack.streams.get(connection.id, ()):
            for index, mapper in enumerate(stream.mappers):
                for path, secret, name, _ in _references(mapper.model_dump(exclude_none=True), None):
                    at = ("mappers", index, *path)
                    yield Use(name, secret, "string", connection.path, stream.layers, at)


def _settings_uses(stack: Stack) -> Iterator[Use]:
    settings = stack.settings
    found: list[tuple[KeyPath, Any]] = [
        (("server_url",), settings.server_url),
        (("workspace_id",), settings.workspace_id),
    ]
    if not isinstance(settings.auth, str):
        found += [(("auth", key), getattr(settings.auth, key)) for key in type(settings.auth).model_fields]
    for path, value in found:
        if isinstance(value, (SecretRef, VarRef)):
            reference: Reference = value
            yield Use(
                reference.name,
                isinstance(value, SecretRef),
                "string",
                f"lake.stacks.{stack.id}",
                stack.layers,
                path,
            )


def _references(value: Any, spec: Spec | None, path: KeyPath = ()) -> Iterator[tuple[KeyPath, bool, str, Spec | None]]:
    """Every (path, is it a secret, name, spec of the place) below a configuration."""
    found = reference_name(value)
    if found is not None:
        yield path, found[0] == "secret", found[1], spec
        return
    for key, inner, inner_spec in children(value, spec):
        yield from _references(inner, inner_spec, path + key)
