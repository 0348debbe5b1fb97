"""A source or destination of the files against the one in Airbyte."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from infra.lake.documents.operation import ABSENT
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.stack import Stack
from infra.lake.registry.entries import Actor
from infra.lake.registry.entry import Entry, actor_name
from infra.lake.values.convert import convert
from infra.move.drift.configuration_differences import Comparison
from infra.move.drift.found_difference import Difference
from infra.move.found import FoundActor
from infra.scaffold.names import Names

_NOT_LOCKED = "its connector is not locked, so nobody knows which options are secrets, and none is written"


def actor_differences(
    model: LakeModel, stack: Stack, actor: Entry[Actor], found: FoundActor, outside: Mapping[str, Any]
) -> Iterator[Difference]:
    """What differs; nothing of an actor that is not managed here. `outside`: values of variables."""
    settings = actor.settings
    if not settings.managed:
        return
    if actor_name(actor) != found.name:
        yield Difference(stack.id, actor.path, ("name",), settings.name or actor_name(actor), found.name)
    if found.connector and settings.connector and found.connector != settings.connector:
        reason = "the connector of an object is fixed in Airbyte: this is another object"
        yield Difference(stack.id, actor.path, ("connector",), settings.connector, found.connector, reason=reason)
        return
    if isinstance(found.configuration, dict) and settings.configuration is not None:
        yield from _options(model, stack, actor, found.configuration, outside)
    yield from _allocation(stack, actor, found.allocation)


def _options(
    model: LakeModel, stack: Stack, actor: Entry[Actor], there: Mapping[str, Any], outside: Mapping[str, Any]
) -> Iterator[Difference]:
    lock = model.locks.get(actor.settings.connector or "")

    def value_of(name: str) -> Any:
        given = stack.look_up(name, outside)
        with suppress(ValueError):
            return convert(given[1], stack.variables[name].type) if given else ABSENT
        return ABSENT

    taken = frozenset(name for one in model.stacks.values() for name in one.variables)
    comparison = Comparison(Names(actor.id, taken), value_of, blind=lock is None)
    for one in comparison.options(lock.spec if lock else {}, actor.settings.configuration or {}, there):
        path = ("configuration", *one.path)
        reason = one.reason or ("" if lock else _NOT_LOCKED)
        yield Difference(stack.id, actor.path, path, one.here, one.there, one.secret, reason)


def _allocation(stack: Stack, actor: Entry[Actor], found: Any) -> Iterator[Difference]:
    said = actor.settings.resource_allocation
    here = _meant(said.model_dump(mode="json", exclude_none=True)) if said else None
    there = _meant(found)
    if here != there:
        before, after = (ABSENT if one is None else one for one in (here, there))
        yield Difference(stack.id, actor.path, ("resource_allocation",), before, after)


def _meant(value: Any) -> Any:
    """Without what says nothing: empty mappings, lists and texts; None if nothing is left."""
    if isinstance(value, Mapping):
        kept = {key: _meant(inner) for key, inner in value.items()}
        return {key: kept[key] for key in sorted(kept) if kept[key] is not None} or None
    if isinstance(value, (list, tuple)):
        return [one for one in map(_meant, value) if one is not None] or None
    return None if value == "" else value
