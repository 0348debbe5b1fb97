"""Locks of connectors as they are published for Python: the spec is what the connector itself tells."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping
from typing import Any

from infra.airbyte.local.connector import spec_here
from infra.base.errors import UserError
from infra.commands.common import definitions
from infra.commands.lock_spec import checked_spec, uuid_of
from infra.commands.progress import progress
from infra.lake.connectors.definitions import find_definition, locked
from infra.lake.connectors.lock import is_connector
from infra.lake.connectors.prose import Locked

_TIMEOUT_SECONDS = 300
_REQUIREMENT = re.compile(r"(?P<package>[A-Za-z0-9][A-Za-z0-9._-]*)(==(?P<version>[A-Za-z0-9.+!_-]+))?")


def lock_from_package(options: argparse.Namespace) -> Locked:
    """The lock of `--from-package airbyte-source-x` or `airbyte-source-x==1.2.3`; id and image from the registry, or the
    given id.

    Raises UserError if there is no such package, connector or id.
    """
    requirement: str = options.from_package
    match = _REQUIREMENT.fullmatch(requirement)
    connector = match["package"].removeprefix("airbyte-") if match else ""
    if match is None or not is_connector(connector):
        raise UserError(f'"{requirement}" is not a connector package: airbyte-source-x or airbyte-source-x==1.2.3')
    entry = _entry(connector, options)
    with progress(options, f"asking {requirement} for its spec") as shown:
        spec, version = spec_here(match["package"], match["version"], tell=shown.tell, timeout=_TIMEOUT_SECONDS)
    checked_spec(spec, f"the spec of {match['package']} {version}")
    return locked({**entry, "dockerImageTag": version, "spec": spec})


def _entry(connector: str, options: argparse.Namespace) -> Mapping[str, Any]:
    if options.definition_id is None:
        return find_definition(connector, definitions(options))
    kind = connector.partition("-")[0]
    return {"dockerRepository": f"airbyte/{connector}", f"{kind}DefinitionId": uuid_of(options.definition_id)}
