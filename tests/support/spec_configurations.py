"""Configurations made from a connector's spec: valid ones, and each way to get one wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from random import Random
from typing import Any

Json = dict[str, Any]
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Choose:
    """How a configuration is made: is an optional property put in, and which of n branches is taken."""

    optional: Callable[[], bool]
    branch: Callable[[list[Json]], int]


MINIMAL = Choose(lambda: False, lambda _: 0)


def at_random(seed: int) -> Choose:
    """Anything the spec allows."""
    random = Random(seed)
    return Choose(lambda: random.random() < 0.5, lambda ways: random.randrange(len(ways)))


def branches(spec: Json) -> list[Json]:
    """The members of a union."""
    return list(spec.get("oneOf", ()))


def configuration(spec: Json, choose: Choose) -> Any:
    """A value that the spec accepts."""
    if "allOf" in spec:
        spec = {**spec["allOf"][0], **{key: value for key, value in spec.items() if key != "allOf"}}
    if branches(spec):
        chosen = branches(spec)[choose.branch(spec["oneOf"])]
        own = {**spec, "oneOf": []}
        return {**_object(own, choose), **_object(chosen, choose)}
    if _kind(spec) == "object":
        return _object(spec, choose)
    if _kind(spec) == "array":
        items = spec.get("items", {"type": "string"})
        return [configuration(items, choose) for _ in range(spec.get("minItems", 1))]
    return _scalar(spec)


def _object(spec: Json, choose: Choose) -> Json:
    required = spec.get("required", ())
    return {
        name: configuration(inner, choose)
        for name, inner in spec.get("properties", {}).items()
        if name in required or _is_constant(inner) or choose.optional()
    }


def _is_constant(spec: Json) -> bool:
    return "const" in spec or len(spec.get("enum", ())) == 1


def _kind(spec: Json) -> str:
    kinds = spec.get("type", "object" if "properties" in spec else "string")
    return str(next(kind for kind in kinds if kind != "null")) if isinstance(kinds, list) else str(kinds)


def _scalar(spec: Json) -> Any:
    if "const" in spec:
        return spec["const"]
    if "enum" in spec:
        return spec["enum"][0]
    kind = _kind(spec)
    if kind == "boolean":
        return True
    if kind in ("integer", "number"):
        low = spec.get("minimum", spec.get("exclusiveMinimum", 0) + 1)
        return min(low, spec.get("maximum", low))
    return _text(spec)


# Texts for the patterns of Airbyte's registry.
_EXAMPLES = (
    "shop",
    "2026-01-01",
    "2026-01-01T00:00:00Z",
    "2026-01-01T00:00:00.000Z",
    "2026-01-01T00:00:00.000000Z",
    "12345",
    "1234567890",
    "owner/name",
    "https://x.example.com/",
    "https://drive.google.com/drive/folders/1",
    "x.eu-central-1.snowflakecomputing.com",
    "s3a://x/y",
    "",
)


def _text(spec: Json) -> str:
    """Text that matches the pattern and the length."""
    low = spec.get("minLength", 0)
    fitting = [text.ljust(low, "x") for text in _EXAMPLES if re.search(spec.get("pattern", ""), text.ljust(low, "x"))]
    assert fitting, f"no example matches the pattern {spec['pattern']}: add one"
    return fitting[0]


@dataclass(frozen=True)
class Mistake:
    """A configuration with one thing wrong: what, the rule that says so, and the path that it names."""

    what: str
    configuration: Json
    rule: str
    path: Path


def with_secrets(spec: Json, value: Any, name: str = "s") -> Any:
    """The configuration as the registry has it: every `airbyte_secret` a reference."""
    return _map(spec, value, lambda inner, plain: {"secret": name} if inner.get("airbyte_secret") else plain)


def _map(spec: Json, value: Any, change: Callable[[Json, Any], Any]) -> Any:
    if isinstance(value, dict) and not spec.get("airbyte_secret"):
        return {key: _map(property_of(spec, value, key), inner, change) for key, inner in value.items()}
    if isinstance(value, list):
        return [_map(spec.get("items", {}), item, change) for item in value]
    return change(spec, value)


def property_of(spec: Json, value: Json, key: str) -> Json:
    """The spec of a property, in the branch that the value is of."""
    for part in (spec, branch_of(spec, value)):
        if key in part.get("properties", {}):
            found: Json = part["properties"][key]
            return found
    return {}


def branch_of(spec: Json, value: Json) -> Json:
    """The branch whose constants the value has."""
    for branch in branches(spec):
        constants = {key: inner for key, inner in branch.get("properties", {}).items() if _is_constant(inner)}
        if constants and all(value.get(key) == _scalar(inner) for key, inner in constants.items()):
            return branch
    return {}


def objects(spec: Json, value: Any, path: Path = ()) -> Iterator[tuple[Path, Json, Json, Json]]:
    """Every (path, spec, branch, value) of an object in a configuration, outermost first."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from objects(spec.get("items", {}), item, (*path, index))
    if not isinstance(value, dict):
        return
    branch = branch_of(spec, value)
    if spec.get("properties") or branch:
        yield path, spec, branch, value
    for key, inner in value.items():
        yield from objects(property_of(spec, value, key), inner, (*path, key))


def mistakes(spec: Json, value: Json) -> Iterator[Mistake]:
    """For each object: a misspelt key, a wrong type, a missing required key, an unknown discriminator."""
    for path, node, branch, inside in objects(spec, value):
        yield from _mistakes(value, path, node, branch, inside)


def _mistakes(value: Json, path: Path, node: Json, branch: Json, inside: Json) -> Iterator[Mistake]:
    known: Json = {**node.get("properties", {}), **branch.get("properties", {})}
    required = [*node.get("required", ()), *branch.get("required", ())]
    keys = sorted(inside)
    misspelt = [key for key in keys if f"{key}x" not in known]
    if misspelt:
        key = misspelt[0]
        wrong = _changed(value, path, {(f"{k}x" if k == key else k): v for k, v in inside.items()})
        yield Mistake(f"misspelt {key}", wrong, "config-unknown-key", (*path, f"{key}x"))
    for key in keys:
        if _is_constant(known.get(key, {})) and branch:
            wrong = _changed(value, path, {**inside, key: "no such choice"})
            yield Mistake(f"unknown {key}", wrong, "config-invalid", (*path, key))
        elif _kind(known.get(key, {})) in ("string", "integer", "boolean") and not known[key].get("airbyte_secret"):
            wrong = _changed(value, path, {**inside, key: {"a": 1, "b": 2}})
            yield Mistake(f"wrong type of {key}", wrong, "config-invalid", (*path, key))
            break
    for key in sorted(set(required) & inside.keys()):
        wrong = _changed(value, path, {k: v for k, v in inside.items() if k != key})
        yield Mistake(f"missing {key}", wrong, "config-missing-key", path)
        break


def _changed(value: Json, path: Path, inside: Json) -> Json:
    """A copy of the value in which the object at the path is another one."""
    if not path:
        return deepcopy(inside)
    copy: Any = deepcopy(value)
    parent = copy
    for part in path[:-1]:
        parent = parent[part]
    parent[path[-1]] = deepcopy(inside)
    result: Json = copy
    return result


def branch_coverage(spec: Json) -> list[Json]:
    """Configurations that go, together, through every branch of every union, with and without optional parts."""
    missing = {(id(node["oneOf"]), number) for node in _nodes(spec) for number in range(len(branches(node)))}
    found = [configuration(spec, MINIMAL)]
    for seed in range(1000):
        before = len(missing)
        plain = configuration(spec, _towards(missing, Random(seed)))
        if len(missing) < before or seed == 0:
            found.append(plain)
        if not missing:
            return found
    raise AssertionError(f"{len(missing)} branches were never taken")


def _towards(missing: set[tuple[int, int]], random: Random) -> Choose:
    """Every optional part, and of each union a branch that is still missing, else any; those taken are struck off."""

    def branch(ways: list[Json]) -> int:
        open_ = [number for number in range(len(ways)) if (id(ways), number) in missing]
        number = random.choice(open_ or range(len(ways)))
        missing.discard((id(ways), number))
        return number

    return Choose(lambda: True, branch)


def _nodes(spec: Any) -> Iterator[Json]:
    if isinstance(spec, Mapping):
        yield dict(spec)
        for value in spec.values():
            yield from _nodes(value)
    elif isinstance(spec, list):
        for item in spec:
            yield from _nodes(item)
