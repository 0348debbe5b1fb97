"""RemoteDefinition: a connector as a server has it, and the version of it that runs where nobody pinned another one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_NAME = re.compile(r"(source|destination)-[a-z0-9]+(-[a-z0-9]+)*")
# The image that runs every connector of the builder; its version is not that of the connector. See AirbyteCatalogConstants.
_BUILDER = "airbyte/source-declarative-manifest"


@dataclass(frozen=True)
class RemoteDefinition:
    """A connector's definition.

    Attributes:
        title: as people see it.
        image: without its tag.
    """

    id: str
    title: str
    image: str
    tag: str

    @property
    def connector(self) -> str | None:
        """`source-postgres`; None where the image has no such name, or is that of all connectors of the builder."""
        name = self.image.rpartition("/")[2]
        return name if self.image != _BUILDER and _NAME.fullmatch(name) else None

    @property
    def version(self) -> str | None:
        """The connector's version; None for one of the builder."""
        return None if self.image == _BUILDER else self.tag


def read_definition(body: Mapping[str, Any]) -> RemoteDefinition:
    """An item of `POST /v1/source_definitions/list` or of its sibling, or of the public API's lists of definitions."""
    keys = ("sourceDefinitionId", "destinationDefinitionId", "id")
    identifier = next(str(body[key]) for key in keys if body.get(key) is not None)
    return RemoteDefinition(identifier, str(body["name"]), str(body["dockerRepository"]), str(body["dockerImageTag"]))


def read_version(body: Mapping[str, Any]) -> str | None:
    """The version in an ActorDefinitionVersionRead."""
    return RemoteDefinition("", "", str(body["dockerRepository"]), str(body["dockerImageTag"])).version


def may_be_pinned(body: Mapping[str, Any]) -> bool:
    """True for a SourceRead or DestinationRead whose version may not be that of its definition: somebody pinned it, or
    Airbyte keeps it before a breaking release.
    """
    # Airbyte: ConfigurationDefinitionVersionOverrideProvider: only a pin of a user counts as an override there.
    held = (body.get("supportState") or "supported") != "supported"
    return body.get("isVersionOverrideApplied") is True or held
