"""Source: a registry source as a construct."""

from __future__ import annotations

from infra.lake.registry.entries import Source as SourceEntry
from infra.lake.registry.entry import Entry
from infra.lake.registry.kinds import local_name
from infra.lake.registry.lake import StackSettings
from infra.terraform.constructs.bodies import actor_body, imports_of, meta_of
from infra.terraform.constructs.expression import value_expression
from infra.terraform.constructs.resources import AirbyteSource, BodyStack


class Source(AirbyteSource):
    """A managed source: `airbyte_source.<id>` and the local value with its configuration."""

    def __init__(
        self, scope: BodyStack, source: Entry[SourceEntry], settings: StackSettings, definition_id: str
    ) -> None:
        super().__init__(
            scope,
            source.path,
            actor_body(source, settings, definition_id),
            meta=meta_of(source.settings),
            beside={
                "locals": {local_name(source.path): value_expression(source.settings.configuration)},
                **imports_of(source),
            },
        )
