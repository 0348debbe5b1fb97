"""Source: a registry source as a construct."""

from __future__ import annotations

from infra.airbyte.bodies import actor_body, imports_of, local_name, meta_of
from infra.airbyte.expression import value_expression
from infra.airbyte.resources import AirbyteSource, BodyStack
from infra.registry.entries import Source as SourceEntry
from infra.registry.lake import Stack
from infra.registry.registry import Placed


class Source(AirbyteSource):
    """A managed source: `airbyte_source.<id>` and the local value with its configuration."""

    def __init__(self, scope: BodyStack, source: Placed[SourceEntry], settings: Stack, definition_id: str) -> None:
        super().__init__(
            scope,
            source.path,
            actor_body(source, settings, definition_id),
            meta=meta_of(source.entry),
            beside={
                "locals": {local_name(source): value_expression(source.entry.configuration)},
                **imports_of(source),
            },
        )
