"""Sources and destinations, which differ in their names only."""

from __future__ import annotations

from collections.abc import Callable

from tests.standin.airbyte import Airbyte
from tests.standin.call import Answer, Call, Json
from tests.standin.connectors import Connector, merge, restore
from tests.standin.discovery import failed, synchronous_job
from tests.standin.errors import bad_request, not_found
from tests.standin.paging import page
from tests.standin.state import Actor

Handler = Callable[[Airbyte, Call], Answer]


class Actors:
    """The handlers of one kind."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def public_list(self, airbyte: Airbyte, call: Call) -> Answer:
        workspaces = airbyte.visible(call.texts("workspaceIds"))
        actors = [actor for actor in airbyte.state.actors(self.kind).values() if actor.workspace_id in workspaces]
        living = [actor for actor in actors if call.flag("includeDeleted") or not actor.deleted]
        return page(call, living, lambda actor: self._public(airbyte, actor))

    def public_create(self, airbyte: Airbyte, call: Call) -> Answer:
        name, workspace_id, configuration = (call.required(key) for key in ("name", "workspaceId", "configuration"))
        airbyte.workspace(workspace_id, "editor")
        connector = self._definition(airbyte, call.fields())
        stored = self._configuration(configuration)
        connector.check(stored)
        actor = Actor(
            kind=self.kind,
            id=airbyte.state.new_id(self.kind),
            workspace_id=workspace_id,
            name=name,
            definition_id=connector.definition_id,
            configuration=stored,
            resource_allocation=call.fields().get("resourceAllocation"),
            created_at=airbyte.clock.seconds,
        )
        airbyte.state.actors(self.kind)[actor.id] = actor
        return 200, self._public(airbyte, actor)

    def public_get(self, airbyte: Airbyte, call: Call) -> Answer:
        return 200, self._public(airbyte, self._find(airbyte, call, "reader"))

    def public_put(self, airbyte: Airbyte, call: Call) -> Answer:
        """The whole configuration anew; a secret that comes back masked keeps its value."""
        actor = self._find(airbyte, call, "editor")
        name, configuration = call.required("name"), call.required("configuration")
        return self._update(airbyte, actor, name, self._configuration(configuration), call.fields())

    def public_patch(self, airbyte: Airbyte, call: Call) -> Answer:
        actor = self._find(airbyte, call, "editor")
        given = self._configuration(call.fields().get("configuration") or {})
        name = call.fields().get("name") or actor.name
        return self._update(airbyte, actor, name, merge(actor.configuration, given), call.fields())

    def public_delete(self, airbyte: Airbyte, call: Call) -> Answer:
        actor = self._find(airbyte, call, "editor")
        actor.deleted = True
        # Airbyte: SourceHandler.deleteSource and DestinationHandler.deleteDestination delete the connections too.
        for connection in airbyte.state.connections.values():
            if actor.id in (connection.source_id, connection.destination_id):
                connection.deleted = True
        return 204, None

    def config_list(self, airbyte: Airbyte, call: Call) -> Answer:
        """POST /v1/sources/list, /v1/destinations/list: a page behind the `cursor`, without deleted ones."""
        # See Airbyte: SourceHandler.listSourcesForWorkspace, WorkspaceResourceCursorPagination.DEFAULT_PAGE_SIZE
        workspace = airbyte.workspace(call.required("workspaceId"), "reader")
        actors = [actor for actor in airbyte.state.living(f"{self.kind}s") if actor.workspace_id == workspace.id]
        ids = [actor.id for actor in actors]
        cursor, size = call.fields().get("cursor"), call.fields().get("pageSize") or 20
        start = ids.index(cursor) + 1 if cursor else 0
        return 200, {f"{self.kind}s": [self._config(airbyte, actor) for actor in actors[start : start + size]]}

    def config_get(self, airbyte: Airbyte, call: Call) -> Answer:
        actor = airbyte.actor(self.kind, call.required(f"{self.kind}Id"), "reader")
        return 200, self._config(airbyte, actor)

    def version(self, airbyte: Airbyte, call: Call) -> Answer:
        """POST /v1/actor_definition_versions/get_for_source, get_for_destination: the version in which it runs."""
        actor = airbyte.actor(self.kind, call.required(f"{self.kind}Id"), "reader")
        connector = airbyte.connector(actor.definition_id)
        return 200, {
            "dockerRepository": connector.image,
            "dockerImageTag": actor.version or connector.tag,
            "supportsRefreshes": connector.supports_refreshes,
            "isVersionOverrideApplied": actor.version is not None and actor.support_state == "supported",
            "supportState": actor.support_state,
            "supportsFileTransfer": connector.supports_files,
            "supportsDataActivation": False,
        }

    def check_connection(self, airbyte: Airbyte, call: Call) -> Answer:
        """POST /v1/sources/check_connection: a check that fails is a 200 too."""
        actor = airbyte.actor(self.kind, call.required(f"{self.kind}Id"), "reader")
        job = synchronous_job(airbyte, f"check_connection_{self.kind}", actor)
        message = airbyte.checks.get(actor.id) or airbyte.checks.get(actor.name)
        if message is None:
            return 200, {"status": "succeeded", "jobInfo": job}
        return 200, {"status": "failed", "message": message, "jobInfo": failed(airbyte, job, message)}

    def _find(self, airbyte: Airbyte, call: Call, role: str) -> Actor:
        return airbyte.actor(self.kind, call.params[f"{self.kind}Id"], role)

    def _update(self, airbyte: Airbyte, actor: Actor, name: str, configuration: Json, body: Json) -> Answer:
        stored = restore(configuration, actor.configuration)
        airbyte.connector(actor.definition_id).check(stored)
        actor.name, actor.configuration = name, stored
        if body.get("resourceAllocation") is not None:
            actor.resource_allocation = body["resourceAllocation"]
        return 200, self._public(airbyte, actor)

    def _definition(self, airbyte: Airbyte, body: Json) -> Connector:
        # OpenAPI: SourceCreateRequest.definitionId: one of it or configuration.sourceType must be given
        named = body["configuration"].get(f"{self.kind}Type")
        if body.get("definitionId"):
            return airbyte.connector(body["definitionId"])
        if named is None:
            raise bad_request(f"One of {self.kind}Type or definitionId must be provided.")
        connector = airbyte.connectors.get(f"{self.kind}-{named}")
        if connector is None:
            raise not_found(f"{self.kind} type", named)
        return connector

    def _configuration(self, configuration: object) -> Json:
        if not isinstance(configuration, dict):
            raise bad_request("configuration must be an object")
        return {key: value for key, value in configuration.items() if key != f"{self.kind}Type"}

    def _public(self, airbyte: Airbyte, actor: Actor) -> Json:
        """OpenAPI: SourceResponse, DestinationResponse"""
        airbyte.refuse_spoiled(actor.id)
        connector = airbyte.connector(actor.definition_id)
        body = {
            f"{self.kind}Id": actor.id,
            "name": actor.name,
            # Airbyte: SourceReadMapper: a table of Airbyte's own connectors, else nothing.
            f"{self.kind}Type": "" if connector.custom else connector.short_name,
            "definitionId": actor.definition_id,
            "workspaceId": actor.workspace_id,
            "configuration": connector.mask(actor.configuration),
            "createdAt": actor.created_at,
        }
        if actor.resource_allocation is not None:
            body["resourceAllocation"] = actor.resource_allocation
        return body

    def _config(self, airbyte: Airbyte, actor: Actor) -> Json:
        """OpenAPI: SourceRead, DestinationRead"""
        connector = airbyte.connector(actor.definition_id)
        body = {
            f"{self.kind}DefinitionId": actor.definition_id,
            f"{self.kind}Id": actor.id,
            "workspaceId": actor.workspace_id,
            "connectionConfiguration": connector.mask(actor.configuration),
            "name": actor.name,
            f"{self.kind}Name": connector.title,
            "createdAt": actor.created_at,
            "status": "active",
            # Airbyte: ConfigurationDefinitionVersionOverrideProvider: true for a pin that a user made, not for one that
            # keeps an actor before a breaking release.
            "isVersionOverrideApplied": actor.version is not None and actor.support_state == "supported",
            "supportState": actor.support_state,
        }
        if actor.resource_allocation is not None:
            body["resourceAllocation"] = actor.resource_allocation
        return body


SOURCES = Actors("source")

DESTINATIONS = Actors("destination")
