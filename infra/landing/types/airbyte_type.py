"""AirbyteType: what Airbyte's destinations make of a JSON schema, before any format.

Source: `JsonSchemaToAirbyteType`, `MergeUnions` and `UnionTypeToDisjointRecord` of Airbyte's CDK (airbytehq/airbyte,
airbyte-cdk/bulk/core/load, the versions of 2025).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal[
    "boolean",
    "integer",
    "number",
    "string",
    "date",
    "time_with_timezone",
    "time_without_timezone",
    "timestamp_with_timezone",
    "timestamp_without_timezone",
    "array",
    "object",
    "any_array",
    "any_object",
    "union",
    "unknown",
]

_DAYS: dict[str, tuple[Kind, Kind]] = {
    "time": ("time_with_timezone", "time_without_timezone"),
    "date-time": ("timestamp_with_timezone", "timestamp_without_timezone"),
}
_KNOWN: dict[str, Kind] = {
    "Integer": "integer",
    "Number": "number",
    "String": "string",
    "Boolean": "boolean",
    "Date": "date",
    "TimestampWithTimezone": "timestamp_with_timezone",
    "TimestampWithoutTimezone": "timestamp_without_timezone",
    "BinaryData": "string",
    "TimeWithTimezone": "time_with_timezone",
    "TimeWithoutTimezone": "time_without_timezone",
}


@dataclass(frozen=True)
class AirbyteType:
    """A type.

    Attributes:
        kind: `any_array` and `any_object` are those whose schema does not say what is in them.
        fields: of an object, in the schema's order.
        of: of an array what is in it, alone; of a union its options.
    """

    kind: Kind
    fields: tuple[tuple[str, AirbyteType], ...] = ()
    of: tuple[AirbyteType, ...] = ()

    @property
    def word(self) -> str:
        """The field that holds such a value in the record that stands for a union."""
        return {"any_array": "string", "any_object": "string"}.get(self.kind, self.kind)


_UNKNOWN = AirbyteType("unknown")


def root_fields(json_schema: Mapping[str, Any]) -> tuple[tuple[str, AirbyteType], ...]:
    """(name, type) of every field of a stream, in the schema's order."""
    properties = json_schema.get("properties")
    if not isinstance(properties, Mapping):
        return ()
    return tuple((name, airbyte_type(schema)) for name, schema in properties.items())


def airbyte_type(schema: Any) -> AirbyteType:
    """The type of a field."""
    return _of(schema) or _UNKNOWN


def _of(schema: Any) -> AirbyteType | None:
    """None for a type that is `null` alone."""
    if isinstance(schema, str):
        schema = {"type": schema}
    if not isinstance(schema, Mapping):
        return _UNKNOWN
    if "type" in schema:
        return _typed(schema, schema["type"])
    if "$ref" in schema:
        kind = _KNOWN.get(str(schema["$ref"]).removeprefix("WellKnownTypes.json#/definitions/"))
        return AirbyteType(kind) if kind else _UNKNOWN
    for word in ("oneOf", "anyOf", "allOf"):
        if word in schema:
            options = schema[word]
            return _union(map(_of, options)) if isinstance(options, list) else _of(options)
    return _object(schema)


def _typed(schema: Mapping[str, Any], written: Any) -> AirbyteType | None:
    if isinstance(written, list):
        return _union(_of({**schema, "type": kind} if isinstance(kind, str) else kind) for kind in written)
    match written:
        case "null":
            return None
        case "array":
            return _array(schema.get("items"))
        case "object":
            return _object(schema)
    return AirbyteType(_scalar(schema, written))


def _scalar(schema: Mapping[str, Any], written: Any) -> Kind:
    match written:
        case "string":
            return _string(schema)
        case "number":
            return "integer" if schema.get("airbyte_type") == "integer" else "number"
        case "int" | "integer":
            return "integer"
    return "boolean" if written == "boolean" else "unknown"


def _string(schema: Mapping[str, Any]) -> Kind:
    written = schema.get("format")
    if written == "date":
        return "date"
    if written not in _DAYS:
        return "string"
    return _DAYS[written][str(schema.get("airbyte_type")).endswith("_without_timezone")]


def _array(items: Any) -> AirbyteType:
    if items is None or items == []:
        return AirbyteType("any_array")
    inner = _union(map(_of, items)) if isinstance(items, list) else _of(items)
    return AirbyteType("array", of=(inner or _UNKNOWN,))


def _object(schema: Mapping[str, Any]) -> AirbyteType:
    properties = schema.get("properties")
    if not isinstance(properties, Mapping) or not properties:
        return AirbyteType("any_object")
    return AirbyteType("object", tuple((name, airbyte_type(inner)) for name, inner in properties.items()))


def _union(options: Iterable[AirbyteType | None]) -> AirbyteType:
    """The union without null, its objects merged into one; the option itself where there is one."""
    merged = tuple(_merged([option for option in options if option is not None]))
    if len(merged) == 1:
        return merged[0]
    return AirbyteType("union", of=merged) if merged else _UNKNOWN


def _merged(options: Iterable[AirbyteType]) -> list[AirbyteType]:
    found: list[AirbyteType] = []
    for option in options:
        if option.kind == "union":
            found = _merged([*found, *option.of])
        elif option.kind == "object" and (other := next((o for o in found if o.kind == "object"), None)):
            found.remove(other)
            found.append(_joined(other, option))
        elif option not in found:
            found.append(option)
    return found


def _joined(one: AirbyteType, other: AirbyteType) -> AirbyteType:
    """An object with the fields of both."""
    fields = dict(one.fields)
    for name, type_ in other.fields:
        fields[name] = _union([fields[name], type_]) if name in fields else type_
    return AirbyteType("object", tuple(fields.items()))
