"""Destination: a registry destination as a construct."""

from __future__ import annotations

from infra.lake.registry.entries import Destination as DestinationEntry
from infra.lake.registry.entry import Entry
from infra.lake.registry.kinds import local_name
from infra.lake.registry.lake import StackSettings
from infra.terraform.constructs.bodies import actor_body, imports_of, meta_of
from infra.terraform.constructs.expression import value_expression
from infra.terraform.constructs.resources import AirbyteDestination, BodyStack


class Destination(AirbyteDestination):
    """A managed destination: `airbyte_destination.<id>` and the local value with its configuration."""

    def __init__(
        self, scope: BodyStack, destination: Entry[DestinationEntry], settings: StackSettings, definition_id: str
    ) -> None:
        super().__init__(
            scope,
            destination.path,
            actor_body(destination, settings, definition_id),
            meta=meta_of(destination.settings),
            beside={
                "locals": {local_name(destination.path): value_expression(destination.settings.configuration)},
                **imports_of(destination),
            },
        )
