"""AirbyteStack: one stack of the registry as a tree of constructs."""

from __future__ import annotations

from itertools import groupby

from infra.lake.model.backfills import backfills_of
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.stack import Stack
from infra.terraform.constructs.actor import Actor
from infra.terraform.constructs.backfill import Backfills, restful_provider_body
from infra.terraform.constructs.bodies import provider_body, stream_body, variable_body
from infra.terraform.constructs.connection import Connection
from infra.terraform.constructs.moved_blocks import history_blocks
from infra.terraform.constructs.resources import AirbyteProvider, BodyStack, RestfulProvider, Variable
from infra.terraform.constructs.synthesizer import DocumentWriter
from infra.terraform.constructs.tf import App


class AirbyteStack(BodyStack):
    """Provider, variables, sources, destinations, connections, backfills of one stack."""

    def __init__(self, scope: App, lake: LakeModel, stack: Stack) -> None:
        settings = stack.settings
        super().__init__(scope, stack.id, settings.backend)
        self.synthesizer = DocumentWriter(self)
        AirbyteProvider(self, lake.registry.lake.provider.version, provider_body(settings))
        for name, variable in stack.variables.items():
            Variable(self, name, variable_body(variable))
        for actor in stack.actors():
            if actor.settings.managed:
                Actor(self, actor, settings, lake.definition_id(actor))
        for connection in stack.connections.values():
            streams = [stream_body(stream) for stream in stack.streams[connection.id]]
            Connection(self, connection, stack, streams)
        if settings.backfills:
            RestfulProvider(self, restful_provider_body(settings))
        for connection_id, backfills in groupby(backfills_of(stack), key=lambda backfill: backfill.connection):
            Backfills(self, connection_id, list(backfills))
        self.add_blocks(history_blocks(lake.registry, stack))
