"""Variable: a Terraform variable that some entry's reference asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.connectors.lock import ConnectorLock
from infra.lake.connectors.spec import Spec, item_spec, property_spec
from infra.lake.documents import KeyPath, Layers
from infra.lake.registry.lake import Lake
from infra.lake.registry.registry import StackRegistry
from infra.lake.values.reference import LITERAL, Reference, SecretRef, VarRef, literal_value, reference_name

VariableType = Literal["string", "number", "bool"]
_TYPES: dict[str, VariableType] = {"integer": "number", "number": "number", "boolean": "bool", "string": "string"}


@dataclass(frozen=True)
class Use:
    """One reference: the name, what kind of value is needed there, and where it is written."""

    name: str
    secret: bool
    type: VariableType
    entry: str
    layers: Layers
    path: KeyPath


@dataclass(frozen=True)
class Variable:
    """A Terraform variable of a stack.

    Attributes:
        secret: sensitive in Terraform.
        type: `string`, `number` or `bool`; values arrive as text and Terraform converts them.
        used_by: registry entries that refer to it, sorted.

    """

    name: str
    secret: bool
    type: VariableType
    description: str | None
    default: str | int | float | bool | None
    used_by: tuple[str, ...]


def uses_in(
    stack: StackRegistry,
    streams: Mapping[str, tuple[ConfiguredStream, ...]],
    locks: Mapping[str, ConnectorLock],
) -> Iterator[Use]:
    """Every reference of a stack: its settings, configurations and mappers."""
    yield from _settings_uses(stack)
    for actor in (*stack.sources.values(), *stack.destinations.values()):
        lock = locks.get(actor.entry.connector or "")
        for path, secret, name, spec in _references(actor.entry.configuration, lock.spec if lock else None):
            yield Use(name, secret, type_of(spec, secret), actor.path, actor.layers, ("configuration", *path))
    for connection in stack.connections.values():
        for stream in streams.get(connection.id, ()):
            for index, mapper in enumerate(stream.mappers):
                for path, secret, name, _ in _references(mapper.model_dump(exclude_none=True), None):
                    at = ("mappers", index, *path)
                    yield Use(name, secret, "string", connection.path, stream.layers, at)


def variables_of(uses: Iterable[Use], lake: Lake) -> dict[str, Variable]:
    """The variables that the uses need, by name, sorted; the first use decides where two disagree."""
    by_name: dict[str, list[Use]] = {}
    for use in uses:
        by_name.setdefault(use.name, []).append(use)
    return {name: _variable(by_name[name], lake) for name in sorted(by_name)}


def _variable(uses: list[Use], lake: Lake) -> Variable:
    first = uses[0]
    known = lake.variables.get(first.name)
    return Variable(
        name=first.name,
        secret=first.secret,
        type=first.type,
        description=known.description if known else None,
        default=known.default if known else None,
        used_by=tuple(sorted({use.entry for use in uses})),
    )


def _settings_uses(stack: StackRegistry) -> Iterator[Use]:
    settings = stack.settings
    found: list[tuple[KeyPath, Any]] = [
        (("server_url",), settings.server_url),
        (("workspace_id",), settings.workspace_id),
    ]
    if not isinstance(settings.auth, str):
        found += [(("auth", key), getattr(settings.auth, key)) for key in type(settings.auth).model_fields]
    for path, value in found:
        if isinstance(value, (SecretRef, VarRef)):
            reference: Reference = value
            yield Use(
                reference.name,
                isinstance(value, SecretRef),
                "string",
                f"lake.stacks.{stack.id}",
                stack.layers,
                path,
            )


def _references(value: Any, spec: Spec | None, path: KeyPath = ()) -> Iterator[tuple[KeyPath, bool, str, Spec | None]]:
    """Every (path, is it a secret, name, spec of the place) below a configuration."""
    found = reference_name(value)
    if found is not None:
        yield path, found[0] == "secret", found[1], spec
        return
    for key, inner, inner_spec in children(value, spec):
        yield from _references(inner, inner_spec, path + key)


def children(value: Any, spec: Spec | None) -> Iterator[tuple[KeyPath, Any, Spec | None]]:
    """(path below, value, spec) of what a configuration value holds; `{literal: ...}` is looked through."""
    literal = literal_value(value)
    if literal is not None:
        for key, inner in literal.items():
            yield (LITERAL, key), inner, property_spec(spec, literal, key)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield (key,), inner, property_spec(spec, value, key)
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            yield (index,), inner, item_spec(spec)


def type_of(spec: Spec | None, secret: bool) -> VariableType:
    """The type of the variable that fills a place of this spec; `string` for a secret and where the spec leaves it open."""
    if spec is None or secret:
        return "string"
    kind = spec.get("type")
    kinds = [kind] if isinstance(kind, str) else list(kind or ())
    known = {_TYPES[k] for k in kinds if k in _TYPES}
    return known.pop() if len(known) == 1 else "string"
