"""Values: which Secret, or which line of the registry, gives each variable of a stack its value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from infra.lake.documents import Problem
from infra.lake.documents.types import Scalar
from infra.lake.model.variables import Variable
from infra.secrets.secret_check import StackSecrets
from infra.secrets.secret_sources import NamedSecret, given_values


@dataclass(frozen=True)
class SecretValues:
    """A Secret and the variables that it gives values to, sorted by name."""

    secret: NamedSecret
    variables: tuple[str, ...]

    def keys(self) -> list[str]:
        """`varsKeys`: `TF_VAR_x:x` where the key has another name than the variable."""
        pairs = [(self.secret.key_of(name), name) for name in self.variables]
        return [name if key == name else f"{key}:{name}" for key, name in pairs]


@dataclass(frozen=True)
class Values:
    """Where the variables of a stack come from; those in neither have a default.

    Attributes:
        literal: name -> value that the registry gives, sorted.
        secrets: in the order of the registry, without those that give nothing.

    """

    literal: Mapping[str, Scalar]
    secrets: tuple[SecretValues, ...]


def values_of(secrets: StackSecrets) -> Values:
    """The place of every variable of a stack that has one place for each."""
    stack = secrets.stack
    origins = {name: secrets.origin_of(variable) for name, variable in stack.variables.items()}
    flux = stack.settings.flux
    given = flux.values if flux else {}
    taken = [
        SecretValues(secret, tuple(name for name, origin in origins.items() if origin.secret is secret))
        for secret in secrets.named
    ]
    literal = {name: given[name] for name, origin in origins.items() if origin.kind == "values"}
    return Values(literal, tuple(found for found in taken if found.variables))


def ambiguous_values(secrets: StackSecrets) -> Iterator[Problem]:
    """`variable-ambiguous` for a variable whose value is in two places, or may be in one of several."""
    for variable in secrets.stack.variables.values():
        origin, places = secrets.origin_of(variable), _places(secrets, variable)
        unknown = [secret for secret in secrets.named if secret.held is None]
        if len(places) > 1:
            message = f'two values for "{variable.name}": {" and ".join(places)}'
            yield _problem(secrets, message, "keep one of them")
        elif origin.kind == "secret" and not origin.certain and len(unknown) > 1:
            names = " or ".join(secret.line.name for secret in unknown)
            message = f'nobody can see whether {names} holds "{variable.name}"'
            yield _problem(secrets, message, "name the file of each, so that its keys are known")


def _places(secrets: StackSecrets, variable: Variable) -> list[str]:
    held = [f"the Secret {secret.line.name}" for secret in secrets.named if secret.holds(variable.name)]
    return held + (["flux.values"] if variable.name in given_values(secrets.stack) else [])


def _problem(secrets: StackSecrets, message: str, fix: str) -> Problem:
    return secrets.stack.layers.problem("variable-ambiguous", ("flux", "secrets"), message, fix, key=True)
