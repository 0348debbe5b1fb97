"""Connection: a registry connection as a construct."""

from __future__ import annotations

from infra.lake.model.attributes import StreamAttributes
from infra.lake.model.stack import Stack
from infra.lake.registry.entries import Connection as ConnectionEntry
from infra.lake.registry.entry import Entry
from infra.lake.registry.kinds import address_of
from infra.terraform.constructs.bodies import actor_id, connection_body, imports_of, meta_of
from infra.terraform.constructs.resources import AirbyteResource, BodyStack


class Connection(AirbyteResource):
    """`airbyte_connection.<id>` and the output with its id."""

    def __init__(
        self, scope: BodyStack, connection: Entry[ConnectionEntry], stack: Stack, streams: list[StreamAttributes]
    ) -> None:
        source = stack.sources[connection.settings.source]
        destination = stack.destinations[connection.settings.destination]
        name = stack.connection_name(connection)
        output = {"value": f"${{{address_of(connection.path)}.connection_id}}"}
        super().__init__(
            scope,
            connection.path,
            connection_body(connection, name, actor_id(source), actor_id(destination), streams),
            meta=meta_of(connection.settings),
            beside={"output": {connection.id: output}, **imports_of(connection)},
        )
