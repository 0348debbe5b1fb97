"""Locks of connectors that no registry has: the spec from a file, the definition id from the user."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic_core import PydanticCustomError

from infra.base.errors import UserError
from infra.lake.connectors.lock import ConnectorLock
from infra.lake.connectors.prose import Locked
from infra.lake.connectors.spec import compact_spec
from infra.lake.documents import read_json
from infra.lake.documents.files import text_of
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
    return Locked(lock, spec, flaws)


def uuid_of(text: str) -> str:
    """The definition id, as Airbyte writes it. Raises UserError if it is none."""
    try:
        return check_uuid(text)
    except PydanticCustomError:
        raise UserError(f"{text} is not a UUID") from None


def _read_spec(file: str) -> dict[str, Any]:
    """The JSON Schema in a file: bare, in a `connectionSpecification`, or in a connector's SPEC message."""
    document, problems = read_json(file, text_of(file))
    if document is None:
        raise UserError(f"{problems[0].location} is not JSON: {problems[0].message}")
    return checked_spec(document.value, file)


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
