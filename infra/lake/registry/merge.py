"""The one way in which defaults, entries and overrides are merged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.lake.connectors.branch import chosen_branch, property_spec
from infra.lake.connectors.spec import Spec, branches_of, discriminator, flat
from infra.lake.values.reference import is_atomic

# Keys whose mapping is one answer: half of it from one layer and half from another is never what somebody meant.
WHOLE = ("schedule", "namespace")

# Two ways to say the same: a layer that says it in one way takes back what a weaker layer said in the other.
ALTERNATIVES = {"streams": "exclude", "exclude": "streams", "fields": "exclude_fields", "exclude_fields": "fields"}


def merge(base: Any, over: Any, spec: Spec | None = None) -> Any:
    """`over` laid on `base`; neither is changed.

    Mappings merge, lists and scalars replace, null deletes the key, references are atomic. Where `spec` describes a
    union, another value of its discriminator replaces the whole object: half of one branch and half of another is
    never what somebody meant.
    """
    if not (_merges(base) and _merges(over)) or _switches_branch(base, over, spec):
        return without_nulls(over)
    merged = {key: value for key, value in base.items() if key not in over}
    whole = {**base, **over}
    for key, value in over.items():
        if value is not None:
            merged[key] = merge(base.get(key), value, property_spec(spec, whole, key))
    return merged


def merge_entry(base: Mapping[str, Any], over: Mapping[str, Any], spec: Spec | None) -> Any:
    """`merge` for a registry entry, whose `configuration` is described by the connector's spec."""
    entry_spec = None if spec is None else {"properties": {"configuration": spec}}
    return merge(_yielding(base, over), over, entry_spec)


def merge_stream(base: Mapping[str, Any], over: Mapping[str, Any]) -> Any:
    """`merge` for the settings of a stream."""
    return merge(_yielding(base, over), over)


def _yielding(base: Mapping[str, Any], over: Mapping[str, Any]) -> Mapping[str, Any]:
    """The weaker layer without what the stronger one says in another way."""
    whole = {key for key in WHOLE if isinstance(over.get(key), Mapping)}
    replaced = {other for key, other in ALTERNATIVES.items() if over.get(key) is not None and other not in over}
    kept = {key: value for key, value in base.items() if key not in whole | replaced}
    streams, others = kept.get("streams"), over.get("streams")
    if isinstance(streams, dict) and isinstance(others, dict):
        both = {stem for stem in streams if isinstance(streams[stem], dict) and isinstance(others.get(stem), dict)}
        kept["streams"] = streams | {stem: _yielding(streams[stem], others[stem]) for stem in both}
    return kept


def without_nulls(value: Any) -> Any:
    """The value as it is after a merge with nothing: keys that are null are gone, at every depth of mappings."""
    if isinstance(value, dict):
        return {
            key: without_nulls(inner) if type(inner) is dict else inner
            for key, inner in value.items()
            if inner is not None
        }
    return value


def _merges(value: Any) -> bool:
    return isinstance(value, Mapping) and not is_atomic(value)


def _switches_branch(base: Mapping[str, Any], over: Mapping[str, Any], spec: Spec | None) -> bool:
    """True where the two are of different branches: by the discriminator, else where the first branch lacks an option."""
    spec = {} if spec is None else flat(spec)
    if not branches_of(spec):
        return False
    name = discriminator(spec)
    if name is not None and name in over and name in base:
        return bool(over[name] != base[name])
    one, other = chosen_branch(spec, base), chosen_branch(spec, over)
    if one is None or other is None or one == other:
        return False
    known = {**spec.get("properties", {}), **one.get("properties", {})}
    return any(key not in known and key in other.get("properties", {}) for key in over)
