"""A source or destination as its resource's attributes tell it, whichever provider and version made them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.base.json_value import Json, json_of
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
    said = _said(values)
    type_ = text_at(values, f"{kind}_type") or (_type_in(said, kind) if definition is None else None)
    configuration = None if "name" in resource.open else _configuration(said)
    if configuration is None and not resource.open & {"name", *_CONFIGURATION}:
        notes.note(resource.address, "its configuration is not there, or is no JSON object")
    if name is None and "name" not in resource.open:
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


def _said(values: Mapping[str, Any]) -> Any:
    """What is set as the configuration, its JSON read; None for what is no JSON."""
    found = next((values[key] for key in _CONFIGURATION if values.get(key) is not None), None)
    try:
        return json_of(found) if isinstance(found, str) else found
    except ValueError:
        return None


def _type_in(said: Any, kind: str) -> str | None:
    """The connector that a configuration names itself, for files that give no definition."""
    named = (text_at(said, key) for key in (f"{kind}_type", f"{kind}Type")) if isinstance(said, dict) else ()
    return next(filter(None, named), None)


def _configuration(found: Any) -> Json | None:
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
