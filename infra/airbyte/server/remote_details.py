"""RemoteDetails: what the Configuration API alone tells of a connection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.base.json_value import Json

_FLAGS = ("notifySchemaChanges", "notifySchemaChangesByEmail", "breakingChange")


@dataclass(frozen=True)
class RemoteDetails:
    """A connection, beyond what the public API says of it.

    Attributes:
        further: by the API's names, only what is set: `notifySchemaChanges`, `notifySchemaChangesByEmail`,
            `resourceRequirements`, `backfillPreference`, `breakingChange`, `statusReason`.
        catalog: its `syncCatalog`, where somebody asked for it. A stream that selects fields has only these in its schema.
    """

    id: str
    name: str
    source_id: str
    further: Mapping[str, Any]
    catalog: Json | None = field(default=None, repr=False)


def read_details(body: Mapping[str, Any], catalogs_of: Iterable[str]) -> RemoteDetails:
    """An item of `POST /v1/connections/list` (ConnectionRead), with the catalog where its source is one of those.

    Only the catalog is a secret's place there: that list does not mask the keys of encryptions.
    """
    # Airbyte: ConnectionsHandler.listConnectionsForWorkspace, which has no maskMapperSecrets, unlike buildConnectionRead
    further: Json = {key: True for key in _FLAGS if body.get(key) is True}
    if body.get("resourceRequirements"):
        further["resourceRequirements"] = dict(body["resourceRequirements"])
    if body.get("backfillPreference") == "enabled":
        further["backfillPreference"] = "enabled"
    if body.get("statusReason"):
        further["statusReason"] = str(body["statusReason"])
    source = str(body["sourceId"])
    streams = [{"stream": one["stream"]} for one in body["syncCatalog"]["streams"]] if source in catalogs_of else None
    catalog = None if streams is None else {"streams": streams}
    return RemoteDetails(str(body["connectionId"]), str(body["name"]), source, further, catalog)
