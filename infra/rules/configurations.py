"""Connector options against the locked spec."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic_core import PydanticCustomError

from infra.connectors.spec import Spec
from infra.documents import KeyPath, Layers, Problem
from infra.documents.types import check_variable
from infra.model.lake_model import LakeModel
from infra.model.variables import children
from infra.registry.reference import reference_name


def check_configurations(model: LakeModel) -> Iterator[Problem]:
    """`secret-in-clear` for literals where the spec says `airbyte_secret`, `bad-name` for impossible variable names."""
    for draft in model.drafts.entries:
        if draft.section != "connections":
            lock = model.locks.get(draft.text("connector") or "")
            value = draft.layers.value.get("configuration")
            yield from _check(draft.layers, value, lock.spec if lock else None, ("configuration",))
    for stack in model.stacks.values():
        for streams in stack.streams.values():
            for stream in streams:
                for index, mapper in enumerate(stream.mappers):
                    path: KeyPath = ("mappers", index, "mapper_configuration")
                    yield from _check(stream.layers, mapper.mapper_configuration, None, path)


def _check(layers: Layers, value: Any, spec: Spec | None, path: KeyPath) -> Iterator[Problem]:
    found = reference_name(value)
    if found is not None:
        yield from _check_name(layers, (*path, found[0]), found[1])
    elif spec is not None and spec.get("airbyte_secret") and value is not None:
        yield _in_clear(layers, path)
    else:
        for below, inner, inner_spec in children(value, spec):
            yield from _check(layers, inner, inner_spec, path + below)


def _check_name(layers: Layers, path: KeyPath, name: str) -> Iterator[Problem]:
    try:
        check_variable(name)
    except PydanticCustomError as error:
        context = error.context or {}
        yield layers.problem("bad-name", path, context["message"], context["fix"])


def _in_clear(layers: Layers, path: KeyPath) -> Problem:
    entry = layers.pieces[layers.own].path[-1]
    name = "_".join(str(part) for part in (entry, *path[1:]) if isinstance(part, str)).lower()
    fix = f"write {{secret: {name}}} and give the value to the stack's secrets; git has seen this one, so change it"
    return layers.problem("secret-in-clear", path, "a secret stands here in clear", fix)
