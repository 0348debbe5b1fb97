"""Differences inside a configuration, option by option, secrets never shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.connectors.spec import Spec
from infra.documents import KeyPath
from infra.model.variables import children
from infra.registry.reference import reference_name

HIDDEN = "(hidden)"


@dataclass(frozen=True)
class Leaf:
    """A value that is no container.

    Attributes:
        value: as in the registry; for comparing.
        shown: what may be printed: a secret by its name, a literal where the spec knows that it is no secret.
        secret: True for a secret, named or in clear.

    """

    value: Any
    shown: Any
    secret: bool


@dataclass(frozen=True)
class Difference:
    """One option; None for a side that does not have it."""

    path: KeyPath
    before: Leaf | None
    after: Leaf | None

    @property
    def touches_secret(self) -> bool:
        """True if a secret stands on either side."""
        return any(leaf.secret for leaf in (self.before, self.after) if leaf)


def differences(before: Any, after: Any, specs: tuple[Spec | None, Spec | None]) -> Iterator[Difference]:
    """What differs between two configurations, each with its spec, sorted by path."""
    old, new = dict(_leaves(before, specs[0])), dict(_leaves(after, specs[1]))
    for path in sorted({*old, *new}, key=str):
        one, other = old.get(path), new.get(path)
        if (one and (type(one.value), one.value)) != (other and (type(other.value), other.value)):
            yield Difference(path, one, other)


def _leaves(value: Any, spec: Spec | None, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Leaf]]:
    reference = reference_name(value)
    if reference is not None:
        kind, name = reference
        yield path, Leaf(value, f"{{{kind}: {name}}}", kind == "secret")
    elif isinstance(value, (Mapping, list, tuple)) and value:
        for key, inner, inner_spec in children(value, spec):
            yield from _leaves(inner, inner_spec, path + key)
    else:
        secret = spec is None or bool(spec.get("airbyte_secret"))
        yield path, Leaf(value, HIDDEN if secret else value, secret)
