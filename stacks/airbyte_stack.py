"""AirbyteStack: one stack of the registry as a tree of constructs."""

from __future__ import annotations

from itertools import groupby

from infra.airbyte.backfill import Backfills, restful_provider_body
from infra.airbyte.bodies import provider_body, stream_body, variable_body
from infra.airbyte.connection import Connection
from infra.airbyte.destination import Destination
from infra.airbyte.history import history_blocks
from infra.airbyte.resources import AirbyteProvider, BodyStack, RestfulProvider, Variable
from infra.airbyte.source import Source
from infra.airbyte.synthesizer import DocumentWriter
from infra.airbyte.tf import App
from infra.model.lake_model import LakeModel, StackModel
from infra.model.wishes import wishes_of


class AirbyteStack(BodyStack):
    """Provider, variables, sources, destinations, connections, backfills of one stack."""

    def __init__(self, scope: App, lake: LakeModel, stack: StackModel) -> None:
        settings = stack.entries.settings
        super().__init__(scope, stack.id, settings.backend)
        self.synthesizer = DocumentWriter(self)
        AirbyteProvider(self, lake.registry.lake.provider.version, provider_body(settings))
        for name, variable in stack.variables.items():
            Variable(self, name, variable_body(variable))
        for source in stack.entries.sources.values():
            if source.entry.managed:
                Source(self, source, settings, lake.definition_id(source))
        for destination in stack.entries.destinations.values():
            if destination.entry.managed:
                Destination(self, destination, settings, lake.definition_id(destination))
        for connection in stack.entries.connections.values():
            streams = [stream_body(stream) for stream in stack.streams[connection.id]]
            Connection(self, connection, stack.entries, streams)
        if settings.backfills:
            RestfulProvider(self, restful_provider_body(settings))
        for connection_id, wishes in groupby(wishes_of(stack), key=lambda wish: wish.connection):
            Backfills(self, connection_id, list(wishes))
        self.add_blocks(history_blocks(lake.registry, stack))
