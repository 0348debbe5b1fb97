"""Differences inside a configuration, option by option, secrets never shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from infra.base.credentials import credential_in
from infra.lake.connectors.spec import Spec
from infra.lake.connectors.walk import Option, options_in
from infra.lake.documents import KeyPath
from infra.review.sides.stack_json import canonical
from infra.review.sides.values import VariableValues

HIDDEN = "(hidden)"


@dataclass(frozen=True)
class ComparedOption:
    """A value that is no container.

    Attributes:
        compared: text that is the same for values between which Terraform sees no difference.
        shown: what may be printed: a secret by its name, a literal where the spec knows that it is no secret, a
            variable's value where the registry gives it.
        reference: `{secret: NAME}` or `{var: NAME}`; empty for a literal.
        secret: True for a secret, named or in clear.

    """

    compared: str
    shown: Any
    reference: str
    secret: bool


@dataclass(frozen=True)
class Difference:
    """One option; None for a side that does not have it."""

    path: KeyPath
    before: ComparedOption | None
    after: ComparedOption | None

    @property
    def names_secret(self) -> bool:
        """True if a secret is named on either side."""
        return any(one.secret and one.reference for one in (self.before, self.after) if one)


@dataclass(frozen=True)
class ConfigurationSide:
    """A configuration, with what is known about its places and its variables."""

    configuration: Any
    spec: Spec | None
    values: VariableValues


def differences(before: ConfigurationSide, after: ConfigurationSide) -> Iterator[Difference]:
    """What differs between two configurations, sorted by path."""
    old, new = (
        {option.path: _compared(option, side.values) for option in options_in(side.configuration, side.spec)}
        for side in (before, after)
    )
    for path in sorted({*old, *new}, key=str):
        one, other = old.get(path), new.get(path)
        if one is None or other is None or one.compared != other.compared:
            yield Difference(path, one, other)


def lists_in(side: ConfigurationSide) -> dict[KeyPath, list[ComparedOption]]:
    """Path of a list -> its members, for lists of scalars and references."""
    found: dict[KeyPath, list[ComparedOption]] = {}
    for option in options_in(side.configuration, side.spec):
        if option.path and isinstance(option.path[-1], int):
            found.setdefault(option.path[:-1], []).append(_compared(option, side.values))
    return found


def _compared(option: Option, values: VariableValues) -> ComparedOption:
    if option.reference is not None:
        return _referred(*option.reference, values, secret=option.secret)
    secret = option.secret or option.spec is None
    shown = HIDDEN if secret or _holds_credential(option.value) else option.value
    return ComparedOption(canonical(option.value), shown, "", secret)


def _referred(kind: str, name: str, values: VariableValues, *, secret: bool) -> ComparedOption:
    text = f"{{{kind}: {name}}}"
    known = kind == "var" and name in values.known
    compared = canonical(values.known[name]) if known else text
    shown = values.known[name] if known and not secret else text
    return ComparedOption(compared, HIDDEN if _holds_credential(shown) else shown, text, secret or kind == "secret")


def _holds_credential(value: Any) -> bool:
    """True for a text that `check` refuses today, and that an older base may still have."""
    return isinstance(value, str) and credential_in(value) is not None
