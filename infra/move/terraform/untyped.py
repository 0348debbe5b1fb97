"""The configuration of a typed resource (`airbyte_source_postgres`) in the words of the connector itself.

Source: airbytehq/terraform-provider-airbyte 0.1 to 1.0, which was generated from the connectors' specs: options are in snake
case; the branches of a union are keys named after their titles, until 0.3 behind the name of resource and option, since 0.4
without the constant that tells the branches apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.base.json_value import Json, json_of
from infra.lake.connectors.branch import chosen_branch
from infra.lake.connectors.spec import Spec, branches_of, constant, discriminator, flat, items_of
from infra.lake.documents import KeyPath, render_path
from infra.lake.values.reference import is_atomic

_FURTHER = "additional_properties"


@dataclass(frozen=True)
class Untyped:
    """A translated configuration.

    Attributes:
        unclear: paths where nobody can tell which branch of a union is meant; they are left out.
    """

    configuration: Json = field(repr=False)
    unclear: tuple[str, ...] = ()


def untyped(spec: Spec, configuration: Mapping[str, Any]) -> Untyped:
    """The connector's own configuration. `spec`: its spec, with titles as far as they are known; without them the constants
    decide. What the spec does not know stays under its name.
    """
    unclear: list[str] = []
    made = _object(flat(spec), configuration, (), unclear)
    return Untyped(made, tuple(unclear))


def _object(spec: Spec, value: Mapping[str, Any], path: KeyPath, unclear: list[str]) -> Json:
    branch = flat(chosen_branch(spec, value) or {})
    options = {**spec.get("properties", {}), **branch.get("properties", {})}
    names = {_plain(name): name for name in sorted(options, reverse=True)}
    made: Json = {}
    for key, inner in _with_further(value, options).items():
        name = key if key in options else names.get(_plain(key), key)
        if inner is None:
            continue
        found = list(_value(flat(options.get(name, {})), inner, (*path, name), unclear))
        made |= {name: found[0]} if found else {}
    return made


def _with_further(value: Mapping[str, Any], options: Mapping[str, Any]) -> Mapping[str, Any]:
    """The options, those among them that the provider has as JSON, as its schema does not know them."""
    if _FURTHER not in value or _FURTHER in options:
        return value
    try:
        further = json_of(value[_FURTHER] or "{}")
    except (ValueError, TypeError):
        return value
    known = {key: inner for key, inner in value.items() if key != _FURTHER}
    return {**further, **known} if isinstance(further, dict) else value


def _value(spec: Spec, value: Any, path: KeyPath, unclear: list[str]) -> Iterator[Any]:
    if isinstance(value, list):
        yield [one for index, item in enumerate(value) for one in _value(items_of(spec), item, (*path, index), unclear)]
    elif not isinstance(value, Mapping) or is_atomic(value):
        yield value
    elif branches_of(spec):
        yield from _union(spec, value, path, unclear)
    else:
        yield _object(spec, value, path, unclear)


def _union(spec: Spec, value: Mapping[str, Any], path: KeyPath, unclear: list[str]) -> Iterator[Any]:
    """The branch whose key is set, with its constant; an object that is no choice between keys, as it is."""
    given = [(key, inner) for key, inner in value.items() if isinstance(inner, Mapping) or inner is None]
    chosen = [(key, inner) for key, inner in given if inner is not None]
    if len(given) == len(value) and not chosen:
        return  # No branch is set, so the provider sends nothing.
    own = {name for branch in branches_of(spec) for name in flat(branch).get("properties", {})}
    if len(given) != len(value) or len(chosen) != 1 or chosen[0][0] in own:
        own_words = len(given) != len(value) or all(key in own for key, _ in chosen)
        known = own_words and chosen_branch(spec, value) is not None
        yield from [_object(spec, value, path, unclear)] if known else _no_branch(path, unclear)
        return
    key, inner = chosen[0]
    branch = branch_named(spec, key, inner)
    if branch is None:
        yield from _no_branch(path, unclear)
        return
    branch = flat(branch)
    name = discriminator(spec)
    constants = {name: constant(branch, name)} if name else {}
    yield {**constants, **_object({**branch, **_shared(spec)}, inner, path, unclear), **constants}


def _shared(spec: Spec) -> Spec:
    """What all branches have beside their own options."""
    return {} if "properties" not in spec else {"properties": {**spec["properties"]}}


def _no_branch(path: KeyPath, unclear: list[str]) -> list[Any]:
    unclear.append(render_path(path))
    return []


def branch_named(spec: Spec, key: str, inner: Mapping[str, Any]) -> Spec | None:
    """The branch that a key such as `read_changes_using_write_ahead_log_cdc` names: by its title, then by its constant,
    whole and then as the end or the beginning of the key, then by what is set in it. None where several may be meant.
    """
    branches, name, wanted = branches_of(spec), discriminator(spec), _plain(key)
    titles = [_plain(str(branch.get("title", ""))) for branch in branches]
    constants = [_plain(str(constant(branch, name))) if name else "" for branch in branches]
    told = inner.get(_snake_of(name)) if name else None
    ways = (
        [told is not None and constant(branch, name or "") == told for branch in branches],
        [title == wanted for title in titles],
        [said == wanted for said in constants],
        _longest(titles, wanted.endswith),
        _longest(constants, wanted.endswith),
        _longest(constants, wanted.startswith),
        _by_options(branches, inner),
    )
    for fitting in ways:
        if sum(fitting) == 1:
            return branches[fitting.index(True)]
    return None


def _longest(texts: list[str], fits: Any) -> list[bool]:
    longest = max((len(text) for text in texts if text and fits(text)), default=0)
    return [bool(text) and fits(text) and len(text) == longest for text in texts]


def _by_options(branches: list[Spec], inner: Mapping[str, Any]) -> list[bool]:
    given = {_plain(key) for key, value in inner.items() if value is not None}
    known = [{_plain(name) for name in flat(branch).get("properties", {})} for branch in branches]
    return [bool(given) and given <= names for names in known]


def _snake_of(name: str) -> str:
    return re.sub("(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _plain(name: str) -> str:
    """Letters and digits alone: `OAuth2.0` and `o_auth20`, `awsAccessKeyId` and `aws_access_key_id` are the same."""
    return re.sub("[^a-z0-9]", "", name.lower())
