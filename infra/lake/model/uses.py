"""Uses: where a stack or a landing refers to variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from infra.lake.connectors.lock import ConnectorLock
from infra.lake.connectors.walk import options_in, references_in
from infra.lake.documents import KeyPath, Layers, render_path
from infra.lake.model.stack import Stack
from infra.lake.model.variables import Use
from infra.lake.registry.landing import Landing


def uses_in(stack: Stack, locks: Mapping[str, ConnectorLock]) -> Iterator[Use]:
    """Every reference of a stack: its settings, configurations and mappers."""
    settings = stack.settings.model_dump(include={"server_url", "workspace_id", "auth"})
    for path, kind, name in references_in(settings):
        yield Use(name, kind == "secret", "string", f"lake.stacks.{stack.id}", stack.layers, path)
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


def uses_in_landing(id_: str, landing: Landing, lake: Layers) -> Iterator[Use]:
    """Every reference of a landing, each named as what needs it; none of them becomes a Terraform variable.

    `lake`: where the landing is written.
    """
    place: KeyPath = ("landings", id_)
    for path, kind, name in references_in(landing.model_dump(), place):
        yield Use(name, kind == "secret", "string", render_path(("lake", *path)), lake, path)
