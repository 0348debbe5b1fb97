"""Specs as nobody should write them, and values for them, from one source of chance."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

Json = dict[str, Any]
Way = Callable[[Random, int], Json]
KEYS = ["a", "b", "c", "kind", "mode"]
WORDS = "xyz"
STRAY: list[Any] = ["x", "y", 1, 2, 5, True, [], {}, "xx"]
SCALARS: list[Json] = [
    {"type": "string"},
    {"type": "string", "enum": ["x"]},
    {"type": "string", "enum": ["x", "y"]},
    {"type": "string", "const": "z"},
    {"type": "string", "minLength": 2},
    {"type": "integer"},
    {"type": "integer", "minimum": 2},
    {"type": "number"},
    {"type": "boolean"},
    {"type": ["string", "null"]},
    {"type": ["null", "integer"]},
    {},
]


def any_spec(random: Random, depth: int) -> Json:
    """A schema with unions of anything, in lists, below other unions and beside each other."""
    ways: list[Way] = [_plain, _plain, _list, _union, _union, _union, _of_all, _by_pattern]
    if depth <= 0 or random.random() < 0.3:
        return dict(random.choice(SCALARS))
    return random.choice(ways)(random, depth - 1)


def _plain(random: Random, depth: int) -> Json:
    return _object(random, depth)


def _object(random: Random, depth: int, constant: str = "") -> Json:
    properties = {key: any_spec(random, depth) for key in random.sample(KEYS, random.randint(1, 3))}
    if constant:
        properties["kind"] = random.choice([{"type": "string", "const": constant}, {"enum": [constant]}])
    spec: Json = {"type": random.choice(["object", "object", ["object", "null"]]), "properties": properties}
    if random.random() < 0.7:
        spec["required"] = random.sample(sorted(properties), random.randint(0, len(properties)))
    closed: Json = random.choice([{}, {}, {}, {"additionalProperties": False}, {"additionalProperties": True}])
    return {**spec, **closed}


def _list(random: Random, depth: int) -> Json:
    return {"type": random.choice(["array", ["array", "null"]]), "items": any_spec(random, depth)}


def _union(random: Random, depth: int) -> Json:
    told, count = random.random() < 0.6, random.randint(1, 3)
    branches = [
        _object(random, depth, WORDS[number] if told else "") if random.random() < 0.8 else any_spec(random, depth)
        for number in range(count)
    ]
    beside: Json = random.choice(
        [{}, {}, {"type": "object"}, {"type": "object", "properties": {"b": {"type": "integer"}}}]
    )
    return {random.choice(["oneOf", "oneOf", "anyOf"]): branches, **beside}


def _of_all(random: Random, depth: int) -> Json:
    return {"allOf": [any_spec(random, depth) for _ in range(random.randint(1, 2))]}


def _by_pattern(random: Random, depth: int) -> Json:
    return {"type": "object", "patternProperties": {"^[ab]": any_spec(random, depth)}}


def any_value(random: Random, spec: Json) -> Any:
    """A value that is near to what the schema accepts; never null, which the registry has another meaning for."""
    if random.random() < 0.04:
        return random.choice(STRAY)
    if "const" in spec or "enum" in spec:
        return random.choice([spec["const"]] if "const" in spec else spec["enum"])
    members = [spec, *(spec.get("allOf") or [random.choice(spec.get("oneOf") or spec.get("anyOf") or [{}])])]
    parts = [_of_one(random, member) if member is spec else any_value(random, member) for member in members]
    said = [part for part in parts if part is not None]
    if all(isinstance(part, dict) for part in said):
        return {key: value for part in said for key, value in part.items()}
    return random.choice(said)


def _of_one(random: Random, spec: Json) -> Any:
    """By the type alone; None where it says none."""
    kinds = [spec["type"]] if isinstance(spec.get("type"), str) else spec.get("type", [])
    kind = next((kind for kind in kinds if kind != "null"), None)
    if kind == "object":
        options = {
            **spec.get("properties", {}),
            **{key: inner for inner in spec.get("patternProperties", {}).values() for key in "ab"},
        }
        wanted = {key for key in options if random.random() < (0.95 if key in spec.get("required", ()) else 0.5)}
        return {key: any_value(random, inner) for key, inner in options.items() if key in wanted}
    if kind == "array":
        return [any_value(random, spec["items"]) for _ in range(random.randint(0, 2))]
    return {"string": "xx", "integer": 2, "number": 1.5, "boolean": True, None: None}[kind]
