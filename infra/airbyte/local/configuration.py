"""Configuration: the options of a registry entry with the values that its references stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.base.faults import Fault
from infra.base.json_value import texts_in
from infra.lake.connectors.lock import ConnectorLock
from infra.lake.connectors.spec import Spec
from infra.lake.model.stack import Stack
from infra.lake.model.variables import VariableType, children, type_of
from infra.lake.registry.entries import Actor
from infra.lake.registry.entry import Entry
from infra.lake.registry.lake import Lake
from infra.lake.values.reference import literal_value, reference_name


@dataclass(frozen=True)
class Configuration:
    """The options that a connector gets.

    Attributes:
        values: with every secret in clear.
        secrets: the texts in it that must never be shown.

    """

    values: Mapping[str, Any] = field(repr=False)
    secrets: frozenset[str] = field(default=frozenset(), repr=False)


def configuration_values(
    actor: Entry[Actor],
    stack: Stack,
    lake: Lake,
    locks: Mapping[str, ConnectorLock],
    environ: Mapping[str, str],
) -> Configuration:
    """The actor's configuration with `{secret: NAME}` and `{var: NAME}` replaced by TF_VAR_NAME, else the stack's
    `flux.values`, else the default in `lake.variables`. A `{var: ...}` gets the type that the locked spec says.

    Without a lock every text counts as a secret. Raises Fault that names every variable without a value.
    """
    lock = locks.get(actor.settings.connector or "")
    spec = lock.spec if lock else None
    configuration = actor.settings.configuration or {}
    found = list(_references(configuration, spec))
    values = {name: _value(name, stack, lake, environ) for _, name, _ in found}
    if missing := sorted(name for name, value in values.items() if value is None):
        raise Fault(f"{actor.path} needs values that are not set: {', '.join(f'TF_VAR_{name}' for name in missing)}")
    filled = _filled(configuration, spec, values)
    secrets = {_text(values[name]) for secret, name, _ in found if secret}
    hidden = texts_in(filled) if lock is None else _secret_texts(filled, spec)
    return Configuration(filled, frozenset({*secrets, *hidden} - {""}))


def _value(name: str, stack: Stack, lake: Lake, environ: Mapping[str, str]) -> Any:
    flux, known = stack.settings.flux, lake.variables.get(name)
    given = (environ.get(f"TF_VAR_{name}"), flux.values.get(name) if flux else None, known.default if known else None)
    # CI sets a secret that it does not have to an empty text.
    return next((value for value in given if value not in (None, "")), None)


def _references(value: Any, spec: Spec | None) -> Iterator[tuple[bool, str, Spec | None]]:
    """Every (is it a secret, name, spec of the place)."""
    found = reference_name(value)
    if found is not None:
        yield found[0] == "secret", found[1], spec
        return
    for _, inner, inner_spec in children(value, spec):
        yield from _references(inner, inner_spec)


def _filled(value: Any, spec: Spec | None, values: Mapping[str, Any]) -> Any:
    found = reference_name(value)
    if found is not None:
        kind, name = found
        return _typed(name, values[name], type_of(spec, kind == "secret"))
    inside = literal_value(value)
    filled = {path[-1]: _filled(inner, inner_spec, values) for path, inner, inner_spec in children(value, spec)}
    if isinstance(value if inside is None else inside, Mapping):
        return filled
    return list(filled.values()) if isinstance(value, (list, tuple)) else value


def _typed(name: str, value: Any, kind: VariableType) -> Any:
    """The value as Terraform converts it. Raises Fault, without the value, if that is not possible."""
    text = _text(value)
    if kind == "string":
        return text
    if kind == "bool" and text in ("true", "1", "false", "0"):
        return text in ("true", "1")
    if kind == "number" and re.fullmatch(r"[+-]?\d+", text):
        return int(text)
    if kind == "number" and re.fullmatch(r"[+-]?\d*\.?\d+([eE][+-]?\d+)?", text):
        return float(text)
    raise Fault(f"TF_VAR_{name} must be a {kind}: the connector takes nothing else there")


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _secret_texts(value: Any, spec: Spec | None) -> Iterator[str]:
    """The texts at the places that the spec calls secret."""
    if spec is not None and spec.get("airbyte_secret"):
        yield from texts_in(value)
        return
    for _, inner, inner_spec in children(value, spec):
        yield from _secret_texts(inner, inner_spec)
