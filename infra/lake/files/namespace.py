"""The namespace that a stream has in its destination.

Source: airbytehq/airbyte-platform, `NamespacingMapper.formatNamespace`: the variable of a stream without a namespace is empty,
and a namespace that comes out blank is the destination's default.
"""

from __future__ import annotations

from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.registry.connection_words import SOURCE_NAMESPACE, NamespaceFormat
from infra.lake.registry.entries import Connection


def namespace_of(connection: Connection, stream: ConfiguredStream) -> str:
    """The namespace in the destination; empty for the destination's default."""
    if isinstance(connection.namespace, NamespaceFormat):
        source = stream.namespace if stream.namespace and not stream.namespace.isspace() else ""
        found = connection.namespace.format.replace(SOURCE_NAMESPACE, source)
        return "" if found.isspace() else found
    return stream.namespace or "" if connection.namespace == "source" else ""
