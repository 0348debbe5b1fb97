"""The models of what people write, as JSON Schemas for editors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

Schema = dict[str, Any]

NULL: Schema = {"type": "null"}

_NOTHING: tuple[Any, ...] = (None, {}, [], "")


def of_model(model: type[BaseModel]) -> Schema:
    """The schema of a model, with what it uses below `$defs`; it says no default that is nothing, and no title."""
    schema = _plain(model.model_json_schema())
    assert isinstance(schema, dict), "the schema of a model is a mapping"
    return {**schema, "$defs": schema.get("$defs", {})}


def schema_of(schema: Schema) -> Schema:
    """The schema as a file."""
    return {"$schema": "http://json-schema.org/draft-07/schema#", **schema}


def or_null(definition: Schema) -> None:
    """Makes null fit under each key, which is how an entry takes back what a weaker layer says."""
    for key, said in definition.get("properties", {}).items():
        described = {"description": said["description"]} if "description" in said else {}
        inner = {name: value for name, value in said.items() if name != "description"}
        ways = inner["anyOf"] if inner.keys() == {"anyOf"} else [inner]
        definition["properties"][key] = {**described, "anyOf": [*ways, *([] if NULL in ways else [NULL])]}


def completed(names: Sequence[str], more: Schema | None = None) -> Schema:
    """Text that is completed from names, and may be any other; `more`: what else it may be."""
    ways: list[Schema] = [{"enum": [*names]}] if names else []
    return {"anyOf": [*ways, {"type": "string"}, *([more] if more else [])]}


def _plain(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_plain(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    plain = {key: _plain(said) for key, said in schema.items() if not (key == "title" and isinstance(said, str))}
    if isinstance(plain.get("type"), str) or "anyOf" in plain or "oneOf" in plain or "$ref" in plain:
        plain = {key: said for key, said in plain.items() if key != "default" or said not in _NOTHING}
    return plain
