"""Uses: where a stack refers to variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from infra.lake.connectors.lock import ConnectorLock
from infra.lake.connectors.walk import options_in, references_in
from infra.lake.documents import KeyPath
from infra.lake.model.stack import Stack
from infra.lake.model.variables import Use
from infra.lake.values.reference import Reference, SecretRef, VarRef


def uses_in(stack: Stack, locks: Mapping[str, ConnectorLock]) -> Iterator[Use]:
    """Every reference of a stack: its settings, configurations and mappers."""
    yield from _settings_uses(stack)
    for actor in stack.actors():
        lock = locks.get(actor.settings.connector or "")
        for option in options_in(actor.settings.configuration, lock.spec if lock else None, ("configuration",)):
            if option.reference is not None:
                kind, name = option.reference
                yield Use(name, kind == "secret", option.type, actor.path, actor.layers, option.path)
    for connection in stack.connections.values():
        for stream in stack.streams.get(connection.id, ()):
            for index, mapper in enumerate(stream.mappers):
                for path, kind, name in references_in(mapper.model_dump(exclude_none=True), ("mappers", index)):
                    yield Use(name, kind == "secret", "string", connection.path, stream.layers, path)


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
