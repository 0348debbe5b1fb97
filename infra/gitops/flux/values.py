"""ValueOrigins: which Secret, or which line of the registry, gives each variable of a stack its value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from infra.lake.documents import Problem
from infra.lake.documents.types import Scalar
from infra.lake.model.variables import Variable
from infra.secrets.secret_check import StackSecrets
from infra.secrets.secret_sources import NamedSecret


@dataclass(frozen=True)
class SecretValues:
    """A Secret and the values that a stack takes of it.

    Attributes:
        keys: `varsKeys`, sorted by variable: `TF_VAR_x:x` where the key has another name than the variable.
    """

    secret: NamedSecret
    keys: tuple[str, ...]


@dataclass(frozen=True)
class ValueOrigins:
    """Where the variables of a stack come from; those in neither have a default.

    Attributes:
        literal: name -> value that the registry gives, sorted.
        secrets: in the order of the registry, without those that give nothing.
    """

    literal: Mapping[str, Scalar]
    secrets: tuple[SecretValues, ...]


def value_origins(secrets: StackSecrets) -> ValueOrigins:
    """The place of every variable of a stack that has one place for each."""
    given, origins = secrets.stack.given_values, secrets.origins
    literal = {name: given[name] for name, origin in origins.items() if origin.kind == "values"}
    taken = (SecretValues(secret, tuple(_keys_of(secret, secrets))) for secret in secrets.named)
    return ValueOrigins(literal, tuple(found for found in taken if found.keys))


def _keys_of(secret: NamedSecret, secrets: StackSecrets) -> Iterator[str]:
    for name, origin in secrets.origins.items():
        if origin.secret is secret:
            yield name if origin.key == name else f"{origin.key}:{name}"


def ambiguous_values(secrets: StackSecrets) -> Iterator[Problem]:
    """`variable-ambiguous` for a variable whose value is in two places, or may be in one of several."""
    for variable in secrets.stack.variables.values():
        origin, places = secrets.origins[variable.name], _places(secrets, variable)
        unknown = [secret for secret in secrets.named if secret.held is None]
        if len(places) > 1:
            message = f'two values for "{variable.name}": {" and ".join(places)}'
            yield _problem(secrets, message, "keep one of them")
        elif origin.kind == "secret" and not origin.certain and len(unknown) > 1:
            names = " or ".join(secret.line.name for secret in unknown)
            message = f'it cannot be known whether {names} contains "{variable.name}"'
            yield _problem(secrets, message, "name the file of each, so that its keys are known")


def _places(secrets: StackSecrets, variable: Variable) -> list[str]:
    held = [f"the Secret {secret.line.name}" for secret in secrets.named if secret.holds(variable.name)]
    return held + (["flux.values"] if variable.name in secrets.stack.given_values else [])


def _problem(secrets: StackSecrets, message: str, fix: str) -> Problem:
    return secrets.stack.layers.problem("variable-ambiguous", ("flux", "secrets"), message, fix, key=True)
