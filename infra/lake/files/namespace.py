"""The namespace that a stream has in its destination."""

from __future__ import annotations

from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.registry.entries import Connection, NamespaceFormat


def namespace_of(connection: Connection, stream: ConfiguredStream) -> str:
    """The namespace in the destination; empty for the destination's default."""
    if isinstance(connection.namespace, NamespaceFormat):
        return connection.namespace.format.replace("${SOURCE_NAMESPACE}", stream.namespace or "")
    return stream.namespace or "" if connection.namespace == "source" else ""
