"""A source or destination as its resource's attributes tell it, whichever provider and version made them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from infra.base.json_value import Json
from infra.lake.values.reference import is_atomic
from infra.move.found import FoundActor
from infra.move.terraform.terraform_resource import TerraformResource
from infra.move.untold import Notes

# airbytehq/airbyte -> aballiet/airbyte-oss and others that speak the Configuration API.
_CONFIGURATION = ("configuration", "connection_configuration")
# What every typed resource of 0.1 to 0.3 has in its configuration beside the connector's options.
_TYPES = ("source_type", "destination_type", "sourceType", "destinationType")


def read_actor(resource: TerraformResource, notes: Notes) -> FoundActor:
    """What the attributes say; a configuration that cannot be read is noted, never shown."""
    kind = resource.kind
    assert kind is not None, "only sources and destinations come here"
    values = resource.values
    id_, name = text_at(values, f"{kind}_id"), text_at(values, "name")
    definition = text_at(values, "definition_id") or text_at(values, f"{kind}_definition_id")
    type_ = text_at(values, f"{kind}_type")
    configuration = _configuration(values)
    if configuration is None:
        notes.note(resource.address, "its configuration is not there, or is no JSON object")
    if name is None:
        notes.note(resource.address, "its name is not there, so that of the resource is taken")
    return FoundActor(
        key=id_ or resource.address,
        id=id_,
        kind=kind,
        name=name or resource.name,
        connector=resource.typed_connector or (f"{kind}-{type_}" if type_ and resource.kind else None),
        definition_id=definition,
        configuration=configuration,
        allocation=without_nulls(values.get("resource_allocation")) or None,
        address=resource.address,
    )


def _configuration(values: Mapping[str, Any]) -> Json | None:
    found = next((values[key] for key in _CONFIGURATION if values.get(key) is not None), None)
    if isinstance(found, str):
        try:
            found = json.loads(found)
        except (ValueError, RecursionError):
            return None
    if not isinstance(found, dict) or is_atomic(found):
        return None
    return {key: value for key, value in found.items() if key not in _TYPES}


def without_nulls(value: Any) -> Any:
    """The value without what is not set: null, and objects in which nothing is."""
    if isinstance(value, dict):
        inside = {key: without_nulls(inner) for key, inner in value.items()}
        return {key: inner for key, inner in inside.items() if inner is not None and inner != {}}
    return [without_nulls(inner) for inner in value] if isinstance(value, list) else value


def text_at(values: Mapping[str, Any], key: str) -> str | None:
    """The text at a key; None where it is missing, empty or no text."""
    value = values.get(key)
    return value if isinstance(value, str) and value else None
