"""Definitions: connector entries of an Airbyte registry, by name. The shape is that of Airbyte's oss_registry.json."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from infra.base.errors import UserError
from infra.base.json_value import json_of
from infra.lake.connectors.expansion import dangling
from infra.lake.connectors.lock import BreakingChange, ConnectorLock, Releases
from infra.lake.connectors.prose import Locked
from infra.lake.connectors.releases import version_order
from infra.lake.connectors.spec import compact_spec
from infra.lake.documents import near_matches, question
from infra.lake.documents.mended_schema import mended

PUBLIC_REGISTRY = "https://connectors.airbyte.com/files/registries/v0/oss_registry.json"

Definition = Mapping[str, Any]


def definitions_in(registry: str, text: str) -> dict[str, Definition]:
    """Connector name -> entry of a registry; also of a text that is one entry only. `registry`: where it is from.

    Raises UserError if it is something else.
    """
    try:
        value = json_of(text)
    except ValueError:
        raise UserError(f"{registry} is not JSON") from None
    found = {connector_of(entry): entry for entry in _entries(value)}
    if not found:
        raise UserError(
            f"{registry} is not a connector registry: no sources or destinations with a definition id and a spec"
        )
    return found


def connector_of(entry: Definition) -> str:
    """`airbyte/source-faker` -> `source-faker`."""
    return str(entry["dockerRepository"]).rpartition("/")[2]


def find_definition(connector: str, definitions: Mapping[str, Definition]) -> Definition:
    """The entry of a connector. Raises UserError with the near matches if there is none: what is behind `source-` counts."""
    if connector in definitions:
        return definitions[connector]
    kind, _, name = connector.partition("-")
    names = [other.partition("-")[2] for other in definitions if other.startswith(f"{kind}-")]
    close = question([f"{kind}-{other}" for other in near_matches(name, names)])
    raise UserError("; ".join(filter(None, [f'the registry has no connector "{connector}"', close])))


def is_withdrawn(entry: Definition) -> bool:
    """True for a connector that Airbyte has taken out of use and keeps in the registry as a `tombstone`."""
    return bool(entry.get("tombstone"))


def locked(entry: Definition) -> Locked:
    """The lock of a registry entry with its whole spec. Raises UserError if the entry is no definition."""
    lock, (spec, flaws) = lock_of(entry), mended(entry["spec"]["connectionSpecification"])
    return Locked(lock, spec, (*flaws, *dangling(spec)))


def lock_of(entry: Definition) -> ConnectorLock:
    """The lock of a registry entry. Raises UserError if the entry is no definition."""
    spec = entry["spec"]
    try:
        return ConnectorLock(
            connector=connector_of(entry),
            definition_id=_definition_id(entry),
            image=entry["dockerRepository"],
            tag=entry.get("dockerImageTag", ""),
            supports_refreshes=bool(entry.get("supportsRefreshes")),
            destination_sync_modes=tuple(sorted(spec.get("supported_destination_sync_modes") or ())),
            support_level=entry.get("supportLevel"),
            releases=_releases(entry.get("releases")),
            spec=compact_spec(mended(spec["connectionSpecification"])[0]),
        )
    except (ValidationError, TypeError, AttributeError) as error:
        places = (
            [".".join(str(part) for part in detail["loc"]) for detail in error.errors()]
            if isinstance(error, ValidationError)
            else ["spec"]
        )
        raise UserError(f"the registry's entry for {connector_of(entry)} is broken: {', '.join(places)}") from None


def _releases(value: Any) -> Releases | None:
    """The breaking changes that a registry tells; None if it tells none."""
    changes = value.get("breakingChanges") if isinstance(value, dict) else None
    found = [_breaking(version, change) for version, change in changes.items()] if isinstance(changes, dict) else []
    found.sort(key=lambda change: version_order(change.version))
    return Releases.model_validate({"breakingChanges": found}) if found else None


def _breaking(version: str, change: Any) -> BreakingChange:
    scopes = [scope for scope in change.get("scopedImpact") or () if scope.get("scopeType") == "stream"]
    return BreakingChange(
        version=version,
        deadline=change.get("upgradeDeadline"),
        message=" ".join(str(change.get("message") or "").split()),
        streams=tuple(sorted({str(name) for scope in scopes for name in scope.get("impactedScopes") or ()})),
    )


def _definition_id(entry: Definition) -> str:
    return str(entry.get("sourceDefinitionId") or entry.get("destinationDefinitionId"))


def _entries(value: Any) -> Iterator[Definition]:
    """The entries of a registry; of those that share a name the last one wins: Airbyte's own, and what is not withdrawn."""
    if not isinstance(value, dict):
        return
    entries = [value, *_list(value, "sources"), *_list(value, "destinations")]
    whole = [entry for entry in entries if isinstance(entry, dict) and _is_entry(entry)]
    yield from sorted(
        whole, key=lambda entry: (entry["dockerRepository"].startswith("airbyte/"), not is_withdrawn(entry))
    )


def _list(value: dict[str, Any], key: str) -> list[Any]:
    items = value.get(key)
    return items if isinstance(items, list) else []


def _is_entry(entry: dict[str, Any]) -> bool:
    spec = entry.get("spec")
    has_spec = isinstance(spec, dict) and isinstance(spec.get("connectionSpecification"), dict)
    return has_spec and isinstance(entry.get("dockerRepository"), str) and _definition_id(entry) != "None"
