"""Configuration: the options of a registry entry with the values that its references stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from infra.base.environment import PREFIX, environment_values
from infra.base.errors import UserError
from infra.lake.connectors.lock import ConnectorLock
from infra.lake.connectors.walk import Option, options_in, rebuilt
from infra.lake.model.stack import Stack
from infra.lake.registry.entries import Actor
from infra.lake.registry.entry import Entry
from infra.lake.values.convert import convert


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
    actor: Entry[Actor], stack: Stack, locks: Mapping[str, ConnectorLock], environ: Mapping[str, str]
) -> Configuration:
    """The actor's configuration with `{secret: NAME}` and `{var: NAME}` replaced by TF_VAR_NAME, else the stack's
    `flux.values`, else the default in `lake.variables`. A `{var: ...}` gets the type that the locked spec says.

    Without a lock every text counts as a secret. Raises UserError that names every variable without a value.
    """
    lock = locks.get(actor.settings.connector or "")
    configuration = actor.settings.configuration or {}
    options = list(options_in(configuration, lock.spec if lock else None, secret=lock is None))
    outside = environment_values(environ)
    names = {option.reference[1] for option in options if option.reference}
    found = {name: stack.look_up(name, outside) for name in names}
    if missing := sorted(name for name, value in found.items() if value is None):
        raise UserError(f"{actor.path} needs values that are not set: {', '.join(PREFIX + name for name in missing)}")
    values = {name: value[1] for name, value in found.items() if value is not None}
    given = {option.path: _given(option, values) for option in options}
    hidden = (given[option.path] for option in options if option.secret or option.names_secret)
    texts = frozenset(value for value in hidden if isinstance(value, str) and value)
    return Configuration(rebuilt(configuration, lambda path, _: given[path]), texts)


def _given(option: Option, values: Mapping[str, Any]) -> Any:
    """What stands in the place of an option. Raises UserError, without the value, if Terraform refuses it there."""
    if option.reference is None:
        return option.value
    name = option.reference[1]
    try:
        value = convert(values[name], option.type)
    except ValueError:
        raise UserError(f"{PREFIX}{name} must be a {option.type}: the connector accepts nothing else there") from None
    return float(value) if isinstance(value, Decimal) else value
