"""The tables of keys in docs/registry.md, made from the models.

A table stands between `<!-- keys: Source -->` and `<!-- /keys -->`; `pytest --update-cases` writes it anew.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from infra.lake.connectors.lock import ConnectorLock
from infra.lake.documents import Strict
from infra.lake.documents.types import ID_PATTERN
from infra.lake.registry.declared import RegistryFile
from infra.lake.registry.stream_file import ExternalStreamFile, StreamFile

ROOTS: tuple[type[BaseModel], ...] = (RegistryFile, StreamFile, ExternalStreamFile, ConnectorLock)


def _subclasses(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for below in model.__subclasses__():
        yield below
        yield from _subclasses(below)


def _label(model: str) -> str:
    """The page's word for a model: what a stack says is its settings in the code, and `Stack` to a reader."""
    return model.removesuffix("Settings")


MODELS = {_label(model.__name__): model for model in _subclasses(Strict)}

_MARKED = re.compile(r"(<!-- keys: (\w+) -->\n)(.*?)(<!-- /keys -->)", re.DOTALL)
_WORDS = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
_SHORT = {"SecretRef": "`{secret: NAME}`", "VarRef": "`{var: NAME}`"}

# Models that only say which settings belong to which type of mapper: the section "Mappers" tells that.
_ONE_SECTION = ("Mapper", "Configuration")

Schema = dict[str, Any]


def marked_models(page: str) -> list[str]:
    """The models whose tables the page has room for, in its order."""
    return [name for _, name, _, _ in _MARKED.findall(page)]


def with_tables(page: str) -> str:
    """The page with every table as the models give it."""
    return _MARKED.sub(lambda match: match[1] + keys_table(MODELS[match[2]]) + match[4], page)


def keys_table(model: type[BaseModel]) -> str:
    """A Markdown table: a row a key, in the model's order; keys of a base that has its own table are left out."""
    properties = model.model_json_schema()["properties"]
    inherited = {name for base in ROOTS if base in model.__bases__ for name in base.model_fields}
    rows = ["| key | type | default | what it is |", "|---|---|---|---|"]
    for name, field in model.model_fields.items():
        if name not in inherited:
            key = field.alias or name
            cells = [f"`{key}`", _type(properties[key]), _default(field), _prose(field.description or "")]
            rows.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(rows) + "\n"


def wanted_models() -> set[str]:
    """The models that people can meet: files, and all that stands in them."""
    below = {_label(name) for model in ROOTS for name in model.model_json_schema().get("$defs", {})}
    return {name for name in below if not name.endswith(_ONE_SECTION)} | {model.__name__ for model in ROOTS}


def _default(field: Any) -> str:
    value = field.default
    if value is PydanticUndefined:
        return "required"
    if isinstance(value, BaseModel):
        value = value.model_dump()
    return "" if value is None or value in ((), {}) else f"`{_yaml(value)}`"


def _prose(text: str) -> str:
    """A description, so that Markdown shows `<x>` and does not take it for HTML."""
    return text.replace("<", "&lt;").replace(">", "&gt;")


def _yaml(value: Any) -> str:
    """A default as people would write it in YAML, on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_yaml(inner)}" for key, inner in value.items()) + "}"
    return value if isinstance(value, str) and value else json.dumps(value)


def _type(schema: Schema) -> str:
    """What kind of value a key takes, in words."""
    for union in ("anyOf", "oneOf"):
        if union in schema:
            kinds = [_type(member) for member in schema[union] if member.get("type") != "null"]
            return " or ".join(dict.fromkeys(kinds))
    if "$ref" in schema:
        return _link(schema["$ref"].rpartition("/")[2])
    if "enum" in schema or "const" in schema:
        return " or ".join(f"`{choice}`" for choice in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return _mapping(schema) if schema.get("type") == "object" else _word(schema)


def _link(model: str) -> str:
    anchor = "Mappers" if model.endswith(_ONE_SECTION) else _label(model)
    return _SHORT.get(model) or f"[{anchor}](#{anchor.lower()})"


def _word(schema: Schema) -> str:
    if schema.get("format") == "uuid":
        return "UUID"
    return "id" if schema.get("pattern") == ID_PATTERN else _WORDS.get(schema.get("type", ""), "any value")


def _mapping(schema: Schema) -> str:
    by_id = schema.get("patternProperties", {}).get(ID_PATTERN)
    inner = by_id or schema.get("additionalProperties")
    if not isinstance(inner, dict) or inner.get("type") == "object":
        return "mapping"
    return f"mapping of {'ids' if by_id else 'names'} to {_type(inner)}"
