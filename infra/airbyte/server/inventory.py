"""Inventory: everything in a stack's workspace. Nothing is created, changed or started: it lists, and reads what is stored."""

from __future__ import annotations

from collections.abc import Collection

from infra.airbyte.server.api import PAGE, Api
from infra.airbyte.server.gather import SECONDS, Gathered, gather, sift
from infra.airbyte.server.remote import Kind, RemoteActor, RemoteConnection, read_actor, read_connection
from infra.airbyte.server.remote_definition import RemoteDefinition, may_be_pinned, read_definition, read_version
from infra.airbyte.server.remote_details import RemoteDetails, read_details
from infra.base.errors import UserError
from infra.base.json_value import Json
from infra.base.transport import Request
from infra.lake.catalog.discovered import DiscoveredStream
from infra.lake.catalog.discovery import find_streams

# The list of all connections has their catalogs: a thousand of a hundred streams are 170 MB, nearly all of them schemas.
ALL_BYTES = 2**30
_INSTEAD = "the public API does not tell it"


class Inventory:
    """What is asked of a server to know all of its workspace."""

    def __init__(self, api: Api) -> None:
        self._api = api

    @property
    def no_configuration_api(self) -> str | None:
        """Why there is no Configuration API; None on a self-managed server."""
        return self._api.no_config

    def actors(self, kind: Kind) -> Gathered[RemoteActor]:
        """The sources or destinations, with their configurations. Raises UserError where the list is refused."""
        return gather(self._api, f"list the {kind}s", f"{kind}s", lambda item: read_actor(kind, item))

    def connections(self) -> Gathered[RemoteConnection]:
        """The connections, with their streams and tags."""
        return gather(self._api, "list the connections", "connections", read_connection)

    def definitions(self, kind: Kind) -> dict[str, RemoteDefinition]:
        """Id -> definition of the connectors that the workspace may use. Where there is no Configuration API, the public
        one lists them, but for those of the connector builder.
        """
        doing = f"list the {kind} definitions"
        try:
            items = self._post(doing, f"{kind}_definitions/list").get(f"{kind}Definitions") or ()
        except UserError:
            path = f"workspaces/{self._api.workspace_id}/definitions/{kind}s"
            items = self._api.page(doing, self._api.public(path))
        read = [self._api.read(doing, read_definition, item) for item in items]
        return {definition.id: definition for definition in read}

    def pinned(self, kind: Kind) -> frozenset[str]:
        """Ids of the sources or destinations whose connector may run in another version than its definition says."""
        doing = f"list the pinned {kind}s"
        # An older server gives all at once, and knows of no pages.
        # Airbyte: SourceHandler.listSourcesForWorkspace, whose cursor is the last id of the page before.
        body: Json = {"workspaceId": self._api.workspace_id, "pageSize": PAGE}
        found: dict[str, bool] = {}
        while True:
            page = self._post(doing, f"{kind}s/list", body).get(f"{kind}s") or []
            read = dict(
                self._api.read(doing, lambda item: (str(item[f"{kind}Id"]), may_be_pinned(item)), one) for one in page
            )
            if len(page) != PAGE or read.keys() <= found.keys():
                return frozenset(identifier for identifier, pinned in {**found, **read}.items() if pinned)
            found |= read
            body = {**body, "cursor": list(read)[-1]}

    def version(self, kind: Kind, identifier: str) -> str | None:
        """The version in which the connector of a source or destination runs; None for one of the connector builder."""
        doing = f"read the version of a {kind}"
        body = self._post(doing, f"actor_definition_versions/get_for_{kind}", {f"{kind}Id": identifier})
        return self._api.read(doing, read_version, body)

    def stored_catalog(self, source_id: str) -> list[DiscoveredStream] | None:
        """What the source offered when Airbyte looked the last time; None if it never did."""
        doing = "read what the source offers"
        body = self._post(doing, "sources/most_recent_source_actor_catalog", {"sourceId": source_id})
        return find_streams(body["catalog"], f"cannot {doing}") if body.get("catalog") else None

    def details(self, catalogs_of: Collection[str]) -> Gathered[RemoteDetails]:
        """What the Configuration API alone tells of the connections; catalogs only of those that read these sources."""
        doing = "read the notifications of the connections"
        without = () if catalogs_of else ("jsonSchema",)
        body = self._post(doing, "connections/list", {"workspaceId": self._api.workspace_id}, without, ALL_BYTES)
        items = enumerate(body.get("connections") or (), 1)
        return sift(self._api, doing, items, lambda item: read_details(item, catalogs_of))

    def _post(
        self, doing: str, path: str, body: Json | None = None, without: Collection[str] = (), most: int | None = None
    ) -> Json:
        url = self._api.config(doing, path, _INSTEAD)
        return self._api.fields(doing, Request("POST", url, body, seconds=SECONDS, most_bytes=most), without=without)
