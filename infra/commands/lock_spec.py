"""Locks of connectors that no registry has: the spec from a file, the definition id from the user."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from pydantic_core import PydanticCustomError

from infra.base.errors import UserError
from infra.base.printable import one_line
from infra.lake.catalog.discovery import trace_failure
from infra.lake.connectors.expansion import dangling
from infra.lake.connectors.lock import ConnectorLock
from infra.lake.connectors.prose import Locked
from infra.lake.connectors.spec import compact_spec
from infra.lake.documents.files import text_of
from infra.lake.documents.foreign_file import YAML, values_in, why_unreadable
from infra.lake.documents.mended_schema import mended
from infra.lake.documents.types import check_uuid


def lock_from_spec(connectors: Sequence[str], file: str, definition_id: str | None) -> Locked:
    """The lock of a custom connector. Raises UserError if the file holds no spec, or if an argument is missing."""
    if len(connectors) != 1 or not definition_id:
        raise UserError("--from-spec takes one CONNECTOR and --definition-id UUID")
    spec, flaws = mended(_read_spec(file))
    lock = ConnectorLock(
        connector=connectors[0],
        definition_id=uuid_of(definition_id),
        image=connectors[0],
        tag="custom",
        spec=compact_spec(spec),
    )
    return Locked(lock, spec, (*flaws, *dangling(spec)))


def uuid_of(text: str) -> str:
    """The definition id, as Airbyte writes it. Raises UserError if it is none."""
    try:
        return check_uuid(text)
    except PydanticCustomError:
        raise UserError(f"{text} is not a UUID") from None


def _read_spec(file: str) -> dict[str, Any]:
    """The JSON Schema in a file: bare, in a `connectionSpecification`, in a connector's output with log lines, in a low-code
    connector's manifest; JSON or YAML. Raises UserError if it holds none.
    """
    text = text_of(file)
    values = list(values_in(file, text))
    found = next((value for value in values if _says_spec(value)), values[0] if values else None)
    if found is None and (problem := why_unreadable(file, text)):
        kind = "YAML" if file.endswith(YAML) else "JSON"
        raise UserError(f"{problem.location} is not {kind}: {problem.message}")
    reasons = (trace_failure(value) for value in values if isinstance(value, dict) and not _says_spec(found))
    if reason := next(filter(None, reasons), None):
        raise UserError(f"{file}: the connector reports no spec: {one_line(reason)}")
    return checked_spec(_of_manifest(found), file)


def _says_spec(value: Any) -> bool:
    """True for a value that holds a spec, and for the SPEC message among those of a connector's output."""
    return isinstance(value, dict) and bool(value.keys() & {"spec", "connectionSpecification", "properties"})


def _of_manifest(value: Any) -> Any:
    """The spec of a low-code manifest, which calls it `connection_specification` and may only refer to it; all else as it is."""
    spec = _referred(value, value.get("spec")) if isinstance(value, dict) else None
    if not isinstance(spec, dict) or "connection_specification" not in spec:
        return value
    schema = _referred(value, spec["connection_specification"])
    definitions = value.get("definitions")
    if isinstance(schema, dict) and isinstance(definitions, dict):
        return {"definitions": _named_in(schema, definitions), **schema}
    return schema


def _named_in(schema: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    """The definitions that a schema refers to, and those that these refer to: a manifest has others, which are no schemas."""
    said, named = json.dumps(schema), dict[str, Any]()
    while more := {
        name: definitions[name] for name in definitions.keys() - named.keys() if f"#/definitions/{name}" in said
    }:
        named |= more
        said = json.dumps(more)
    return dict(sorted(named.items()))


def _referred(manifest: dict[str, Any], value: Any) -> Any:
    """What a manifest's `{$ref: "#/definitions/x"}` or `"#/definitions/x"` stands for."""
    reference = value.get("$ref") if isinstance(value, dict) else value
    if not isinstance(reference, str) or not reference.startswith("#/"):
        return value
    found: Any = manifest
    for part in reference.removeprefix("#/").split("/"):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def checked_spec(value: Any, origin: str) -> dict[str, Any]:
    """The JSON Schema of a configuration: bare, or in the SPEC message of a connector. Raises UserError if it is none."""
    wrapped = False
    for key in ("spec", "connectionSpecification"):
        if isinstance(value, dict) and isinstance(value.get(key), dict):
            value, wrapped = value[key], key == "connectionSpecification"
    if not isinstance(value, dict) or not (wrapped or value.get("type") == "object" or _SPEC & value.keys()):
        raise UserError(f"{origin} contains no JSON Schema of a configuration: it has no {', '.join(sorted(_SPEC))}")
    return value


# Without one of these a mapping is no schema of options.
_SPEC = frozenset({"properties", "oneOf", "anyOf", "allOf", "$ref"})
