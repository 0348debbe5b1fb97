"""The branch of a union that a value is of, as draft-07 would choose it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from infra.lake.connectors.fit import Fit, fit
from infra.lake.connectors.spec import (
    Spec,
    branches_of,
    constant,
    discriminator,
    flat,
    has_kind,
    is_same,
    option_specs,
    without_union,
)
from infra.lake.connectors.unknown import is_unknown, with_unknowns


class Choice(NamedTuple):
    """What a value is held against.

    Attributes:
        branch: the one that is meant, also by a value that does not fit it; None if nobody can tell.
        several: the value fits more than one, and the union is a `oneOf`.
    """

    branch: Spec | None
    several: bool = False


def choose(spec: Spec, value: Any) -> Choice:
    """The branch whose constants the value has, else the only one that it fits, else the one whose keys it has.

    Where several fit and may, or where references leave it open, they are one branch, with the options of all.
    """
    branches, name = branches_of(spec), discriminator(spec)
    if name is not None and isinstance(value, Mapping) and is_unknown(value.get(name)):
        return Choice(None)
    possible = _possible(branches, name, value)
    if len(possible) < 2:
        return Choice(possible[0] if possible else None)
    known = with_unknowns(value)
    fits = [(fit(branch, known), branch) for branch in possible]
    sure = [branch for fitting, branch in fits if fitting is Fit.YES]
    if "oneOf" in spec and sure:
        return Choice(sure[0] if len(sure) == 1 else None, several=len(sure) > 1)
    fitting = [branch for how, branch in fits if how is not Fit.NO]
    return Choice(_together(fitting) if fitting else _nearest(possible, value))


def chosen_branch(spec: Spec, value: Any) -> Spec | None:
    """The branch of a union that a value means; None if nobody can tell, and for a spec that is no union."""
    return choose(spec, value).branch


def resolved(spec: Spec | bool, value: Any) -> Spec:
    """The spec as it holds for a value: `allOf` and the branches that are meant laid into it."""
    spec = flat(spec)
    while branches_of(spec):
        branch = chosen_branch(spec, value)
        spec = without_union(spec, branch) if branch is not None else without_union(spec)
    return spec


def property_specs(spec: Spec | None, value: Mapping[str, Any]) -> dict[str, Spec]:
    """Key -> spec of each property of an object, without those that the spec does not have.

    Where nobody can tell the branch, an option is what any of them says, and a secret if any of them says that.
    """
    whole = _whole(spec, value)
    return {key: found for key in value if (found := _option(whole, key)) is not None}


def property_spec(spec: Spec | None, value: Any, key: str) -> Spec | None:
    """The spec of property `key` of an object that is (or will be) `value`; None where the spec does not say."""
    return _option(_whole(spec, value), key)


def _whole(spec: Spec | None, value: Any) -> Spec:
    """As `resolved`, with the options of every branch where nobody can tell which is meant."""
    whole = flat({} if spec is None else spec)
    while branches := branches_of(whole):
        branch = chosen_branch(whole, value)
        whole = without_union(whole, _together(branches) if branch is None else branch)
    return whole


def _option(spec: Spec, key: str) -> Spec | None:
    specs = option_specs(spec, key)
    if not specs:
        return None
    return flat(specs[0] if len(specs) == 1 else {"allOf": specs})


def _possible(branches: Sequence[Spec], name: str | None, value: Any) -> list[Spec]:
    """Those that the discriminator allows; where several do, or it is not written, those that no constant contradicts."""
    if name is not None and isinstance(value, Mapping) and name in value:
        meant = [branch for branch in branches if is_same(constant(branch, name), value[name])]
        if len(meant) < 2:
            return meant
    return [branch for branch in branches if not _contradicts(branch, value)]


def _contradicts(branch: Spec, value: Any) -> bool:
    """True if the value has another constant than the branch."""
    if not isinstance(value, Mapping):
        return False
    constants = {key: constant(branch, key) for key in value if not is_unknown(value[key])}
    return any(wanted is not None and not is_same(wanted, value[key]) for key, wanted in constants.items())


def _nearest(branches: Sequence[Spec], value: Any) -> Spec | None:
    """The only branch of the value's type, or that has most of its keys."""
    if not isinstance(value, Mapping):
        near = [branch for branch in branches if has_kind(branch, value)]
        return near[0] if len(near) == 1 else None
    keys = [len(value.keys() & branch.get("properties", {}).keys()) for branch in branches]
    most = max(keys)
    return branches[keys.index(most)] if most and keys.count(most) == 1 else None


def _together(branches: Sequence[Spec]) -> Spec:
    """One branch with the options of all: the first that has an option says what it is."""
    if len(branches) == 1 or not all("properties" in branch for branch in branches):
        return branches[0]
    properties: dict[str, Any] = {}
    for name, inner in ((name, flat(inner)) for branch in branches for name, inner in branch["properties"].items()):
        secret = {"airbyte_secret": True} if inner.get("airbyte_secret") else {}
        properties[name] = {**properties.get(name, inner), **secret}
    return {"type": "object", "properties": properties}
