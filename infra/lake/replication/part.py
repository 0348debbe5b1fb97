"""Part: a piece of what a position in a log belongs to, such as a host, as far as the files say it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import Any

from infra.lake.model.stack import Stack
from infra.lake.values.reference import SecretRef, VarRef, reference_name

# Names of one machine, of one cloud network, of services in one Kubernetes cluster.
_LOCAL = re.compile(r"\.(local|localdomain|localhost|internal|svc)$|\.svc\.")


@dataclass(frozen=True)
class Given:
    """A value that comes from outside: the same wherever one stack says it, perhaps another one in the next stack.

    Attributes:
        kind: `secret` or `var`.
        default: what a plain variable is where nobody gives it a value; None for a secret.

    """

    stack: str
    kind: str
    name: str
    default: str | None = None

    def __str__(self) -> str:
        """As it is written: `{var: db_host}`."""
        return f"{{{self.kind}: {self.name}}}"


Part = str | Given | None


def part_of(value: Any, stack: Stack) -> Part:
    """A scalar of a configuration of the stack as text, or what gives it; of a list all, sorted; None for anything else.

    A variable whose value stands in `flux.values` is known. A default is not: a Secret or the environment replaces it.
    """
    if isinstance(value, list | tuple):
        return _together([part_of(item, stack) for item in value])
    reference = _reference(value)
    if reference is None:
        return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) and value != "" else None
    kind, name = reference
    if kind == "secret":
        return Given(stack.id, kind, name)
    if name in stack.given_values:
        return str(stack.given_values[name])
    variable = stack.variables.get(name)
    default = variable.default if variable else None
    return Given(stack.id, kind, name, None if default is None else str(default))


def _reference(value: Any) -> tuple[str, str] | None:
    if isinstance(value, SecretRef | VarRef):
        return ("secret" if isinstance(value, SecretRef) else "var"), value.name
    return reference_name(value)


def _together(parts: list[Part]) -> Part:
    text = ", ".join(sorted(str(part) for part in parts if part is not None))
    outside = next((part for part in parts if isinstance(part, Given)), None)
    return (text or None) if outside is None else replace(outside, name=text)


def same(one: Part, other: Part) -> bool | None:
    """Whether both are one value; None where the files do not say that."""
    if one == other:
        return True
    return False if isinstance(one, str) and isinstance(other, str) else None


def is_local(host: str) -> bool:
    """True for a name or an address that means another server in another network."""
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host or _LOCAL.search(host) is not None
