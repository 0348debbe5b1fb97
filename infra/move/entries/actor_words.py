"""A source or destination in the words of the registry."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.base.json_value import Json
from infra.lake.connectors.branch import property_spec
from infra.lake.connectors.lock import ConnectorLock
from infra.lake.connectors.spec import Spec, flat, item_spec
from infra.lake.connectors.walk import references_in
from infra.lake.documents import KeyPath, Layers, Written, parse, read_json, render_json, render_path
from infra.lake.registry.entries import ResourceAllocation, title_of
from infra.lake.registry.placeholder import placeholders_in
from infra.lake.values.reference import is_atomic, reference_name
from infra.move.entries.told import Told
from infra.move.found import FoundActor
from infra.scaffold.airbyte_form import Translation
from infra.scaffold.names import Names, snake
from infra.scaffold.placeholder import Placeholders


@dataclass(frozen=True)
class ActorWords:
    """What an entry can say of a source or destination.

    Attributes:
        value: the entry, without its id in Airbyte and its stacks; None where it cannot be managed.
        secrets: name of a variable -> the option that it is for.
        why: why it cannot be managed.
    """

    value: Json | None = field(repr=False)
    told: tuple[Told, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict)
    why: tuple[str, ...] = ()


def actor_words(actor: FoundActor, entry: str, lock: ConnectorLock | None, names: Names) -> ActorWords:
    """The entry of that id. `lock`: of its connector, None where there is none; `names`: of the variables for secrets."""
    if actor.configuration is None:
        return ActorWords(None, why=("its origin does not tell its configuration",))
    if lock is None and actor.definition_id is None:
        why = f"nobody has a spec of {actor.connector}" if actor.connector else "nobody tells which connector it is of"
        return ActorWords(None, why=(why,))
    translation = Translation(Placeholders(names))
    configuration = translation.configuration(lock.spec if lock else {}, actor.configuration)
    misfits = [path for path in translation.left_out if lock and _is_known(lock.spec, actor.configuration, path)]
    if lock and misfits:
        options = ", ".join(misfits)
        return ActorWords(None, why=(f"the spec of {lock.connector} {lock.tag} refuses what it has for {options}",))
    undecided = [render_path(path) for path, _ in placeholders_in(configuration, ())]
    if undecided:
        return ActorWords(
            None, why=(f"its connector requires {', '.join(undecided)}, and Airbyte has no value for it",)
        )
    value: Json = {"name": actor.name} if actor.name != title_of(entry) else {}
    value["connector"] = lock.connector if lock else actor.connector or f"{actor.kind}-{snake(actor.name) or 'custom'}"
    if actor.definition_id and (lock is None or lock.definition_id != actor.definition_id):
        value["definition_id"] = actor.definition_id
    value["configuration"] = configuration
    allocation, refused = _allocation(actor.allocation)
    value |= {"resource_allocation": allocation} if allocation else {}
    told = [*_left_out(translation, lock), *_made_up(actor.configuration, configuration), *refused]
    return ActorWords(value, tuple(told), _secrets(configuration))


def _is_known(spec: Spec, value: Any, path: str) -> bool:
    """True for an option that the spec has, so that it is its value that does not fit."""
    inner: Spec | None = flat(spec)
    for part in filter(None, re.split(r"[.\[\]]", path)):
        index = part.isdigit() and isinstance(value, list)
        inner = item_spec(inner, int(part)) if index else property_spec(inner, value, part)
        if inner is None:
            return False
        inner = flat(inner)
        value = value[int(part)] if index else value.get(part) if isinstance(value, Mapping) else None
    return True


def _left_out(translation: Translation, lock: ConnectorLock | None) -> list[Told]:
    spec = f"the spec of {lock.connector} {lock.tag}" if lock else "the spec"
    said = "nothing: write it, and name it in undeclared, if the connector takes it"
    return [Told(f"configuration.{path}", f"{spec} has no such option", said) for path in translation.left_out]


def _made_up(there: Mapping[str, Any], made: Mapping[str, Any]) -> list[Told]:
    """What the spec requires and Airbyte does not have: a reference, or the default."""
    return [
        Told(f"configuration.{render_path(path)}", "is not there, and the spec requires it", _shown(value))
        for path, value in _new(there, made, ())
    ]


def _new(there: Mapping[str, Any], made: Mapping[str, Any], path: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
    for key, value in made.items():
        if key not in there:
            yield (*path, key), value
        elif isinstance(value, Mapping) and isinstance(there[key], Mapping) and not is_atomic(value):
            yield from _new(there[key], value, (*path, key))


def _shown(value: Any) -> str:
    reference = reference_name(value)
    return f"the value of {reference[1]}" if reference else "the default of the spec"


def _secrets(configuration: Json) -> dict[str, str]:
    found = references_in(configuration)
    return {name: render_path(path) for path, kind, name in found if kind == "secret"}


def _allocation(value: Json | None) -> tuple[Json | None, list[Told]]:
    """The resources, if an entry can say them."""
    if not value:
        return None, []
    document, _ = read_json("", render_json(value))
    assert document is not None, "what is written can be read"
    read, problems = parse(ResourceAllocation, Layers.single(Written(document, (), document.value)))
    if read is not None and not problems:
        return value, []
    return None, [
        Told("resource_allocation", "has a shape that no entry can have", "nothing, which keeps it", changes=False)
    ]


def masked_told(secrets: Mapping[str, str]) -> list[Told]:
    """What is said of each secret: its value is not known, so the one that is given is sent."""
    return [
        Told(f"configuration.{option}", "is a secret", f"the value that you give {name}", changes=False)
        for name, option in secrets.items()
    ]
