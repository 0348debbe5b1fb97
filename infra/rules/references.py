"""Ids that one entry says of another: the other has to exist, in the same stack, for Airbyte."""

from __future__ import annotations

from collections.abc import Iterator

from infra.documents import Layers, Problem, did_you_mean
from infra.model.lake_model import LakeModel
from infra.registry.registry import StackRegistry


def check_references(model: LakeModel) -> Iterator[Problem]:
    """`unknown-reference` for connections' sources and destinations and for `streams_from`."""
    if not model.declared.complete:
        return
    for stack in model.registry.stacks.values():
        for connection in stack.connections.values():
            for section, key in (("sources", "source"), ("destinations", "destination")):
                yield from _check_reference(model, stack, connection.layers, section, key)
        yield from _check_external(stack)
        yield from _check_streams_from(model, stack)


def _check_reference(
    model: LakeModel,
    stack: StackRegistry,
    layers: Layers,
    section: str,
    key: str,
) -> Iterator[Problem]:
    name = layers.value[key]
    placements = model.placements[section]
    if name not in placements:
        fix = did_you_mean(name, placements, section)
        yield layers.problem("unknown-reference", (key,), f'there is no {key} "{name}"', fix)
    elif stack.id not in placements[name]:
        where = ", ".join(placements[name]) or "none"
        message = f'{section}.{name} is not in the stack "{stack.id}" (it is in: {where})'
        yield layers.problem("unknown-reference", (key,), message, f"add {stack.id} to the stack of {section}.{name}")


def _check_external(stack: StackRegistry) -> Iterator[Problem]:
    for connection in stack.connections.values():
        source = stack.sources.get(connection.entry.source)
        if source and source.entry.external:
            message = f"{source.path} is external ({source.entry.external}): Airbyte has no such source"
            yield connection.layers.problem("unknown-reference", ("source",), message, "remove the connection")


def _check_streams_from(model: LakeModel, stack: StackRegistry) -> Iterator[Problem]:
    known = model.declared.entries["sources"]
    for source in stack.sources.values():
        other = source.entry.streams_from
        if other is None:
            continue
        if other not in known:
            fix = did_you_mean(other, known, "sources")
            yield source.layers.problem("unknown-reference", ("streams_from",), f'there is no source "{other}"', fix)
        elif isinstance(known[other].value, dict) and known[other].value.get("streams_from"):
            message = f"sources.{other} borrows its streams itself"
            fix = f"name the source that has them: {known[other].value['streams_from']}"
            yield source.layers.problem("unknown-reference", ("streams_from",), message, fix)
