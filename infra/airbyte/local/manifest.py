"""Manifest: the YAML that a low-code connector consists of, which Airbyte's runner gets as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.base.errors import UserError
from infra.lake.documents.files import text_of
from infra.lake.documents.limits import MAX_DEPTH, MAX_DOCUMENT_BYTES
from infra.lake.documents.yaml_11 import load_yaml_11

Manifest = Mapping[str, Any]

# As JSON aliases are what they stand for. Some 30 MB, where manifests of Airbyte's have one or two.
MOST_VALUES = 1_000_000


def read_manifest(file: Path) -> Manifest:
    """The manifest in a file. Raises UserError for one that is none, or that no runner could be given."""
    try:
        value = load_yaml_11(text_of(str(file), most=MAX_DOCUMENT_BYTES))
    except ValueError:
        raise UserError(f"{file} is not YAML") from None
    if not isinstance(value, dict) or "streams" not in value:
        raise UserError(f"{file} is not a connector manifest: it has no streams")
    if beyond := _beyond(value):
        raise UserError(f"{file} is not read: {beyond}")
    return value


def manifest_spec(manifest: Manifest) -> dict[str, Any]:
    """The spec in a manifest, as the SPEC message of a connector has it: the runner itself only tells its own."""
    spec = manifest.get("spec")
    schema = spec.get("connection_specification") if isinstance(spec, dict) else None
    return {"connectionSpecification": schema if isinstance(schema, dict) else {}}


def _beyond(value: Any) -> str:
    """What it has more of than is believed, each alias being what it stands for; empty if nothing."""
    count, depth, level = 0, 0, [value]
    while level:
        count, depth = count + len(level), depth + 1
        if depth > MAX_DEPTH:
            return f"it is nested more than {MAX_DEPTH} levels deep"
        if count > MOST_VALUES:
            return f"it has more than {MOST_VALUES:,} values, once its aliases are what they stand for"
        level = [inner for one in level if isinstance(one, (dict, list)) for inner in _inside(one)]
    return ""


def _inside(value: dict[str, Any] | list[Any]) -> list[Any]:
    return value if isinstance(value, list) else list(value.values())
