"""Differences inside a configuration, option by option, secrets never shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.base.credentials import credential_in
from infra.lake.connectors.spec import Spec
from infra.lake.documents import KeyPath
from infra.lake.model.variables import children
from infra.lake.values.reference import reference_name
from infra.review.sides.document import canonical
from infra.review.sides.values import Values

HIDDEN = "(hidden)"


@dataclass(frozen=True)
class Leaf:
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
    before: Leaf | None
    after: Leaf | None

    @property
    def names_secret(self) -> bool:
        """True if a secret is named on either side."""
        return any(leaf.secret and leaf.reference for leaf in (self.before, self.after) if leaf)


@dataclass(frozen=True)
class Options:
    """A configuration, with what is known about its places and its variables."""

    configuration: Any
    spec: Spec | None
    values: Values


def differences(before: Options, after: Options) -> Iterator[Difference]:
    """What differs between two configurations, sorted by path."""
    old, new = dict(_of(before)), dict(_of(after))
    for path in sorted({*old, *new}, key=str):
        one, other = old.get(path), new.get(path)
        if one is None or other is None or one.compared != other.compared:
            yield Difference(path, one, other)


def _of(options: Options) -> Iterator[tuple[KeyPath, Leaf]]:
    return _leaves(options.configuration, options.spec, options.values)


def _leaves(
    value: Any, spec: Spec | None, values: Values, path: KeyPath = (), *, inside: bool = False
) -> Iterator[tuple[KeyPath, Leaf]]:
    """The leaves below a value; `inside`: of something that is a secret as a whole."""
    marked = inside or bool(spec and spec.get("airbyte_secret"))
    reference = reference_name(value)
    if reference is not None:
        yield path, _referred(*reference, values, secret=marked)
    elif isinstance(value, (Mapping, list, tuple)) and value:
        for key, inner, inner_spec in children(value, spec):
            yield from _leaves(inner, inner_spec, values, path + key, inside=marked)
    else:
        secret = marked or spec is None
        yield path, Leaf(canonical(value), HIDDEN if secret or _holds_credential(value) else value, "", secret)


def _referred(kind: str, name: str, values: Values, *, secret: bool) -> Leaf:
    text = f"{{{kind}: {name}}}"
    known = kind == "var" and name in values.known
    compared = canonical(values.known[name]) if known else text
    shown = values.known[name] if known and not secret else text
    return Leaf(compared, HIDDEN if _holds_credential(shown) else shown, text, secret or kind == "secret")


def _holds_credential(value: Any) -> bool:
    """True for a text that `check` refuses today, and that an older base may still have."""
    return isinstance(value, str) and credential_in(value) is not None
