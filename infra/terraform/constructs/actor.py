"""Actor: a registry source or destination as a construct."""

from __future__ import annotations

from infra.lake.registry.entries import Actor as ActorEntry
from infra.lake.registry.entry import Entry
from infra.lake.registry.kinds import local_name
from infra.lake.registry.lake import StackSettings
from infra.terraform.constructs.bodies import actor_body, imports_of, meta_of
from infra.terraform.constructs.expression import value_expression
from infra.terraform.constructs.resources import AirbyteResource, BodyStack


class Actor(AirbyteResource):
    """A managed actor: `airbyte_source.<id>` or `airbyte_destination.<id>`, and the local value with its configuration."""

    def __init__(self, scope: BodyStack, actor: Entry[ActorEntry], settings: StackSettings, definition_id: str) -> None:
        configuration = {local_name(actor.path): value_expression(actor.settings.configuration)}
        super().__init__(
            scope,
            actor.path,
            actor_body(actor, settings, definition_id),
            meta=meta_of(actor.settings),
            beside={"locals": configuration, **imports_of(actor)},
        )
