"""Files of Terraform and their state together: the files say where a value comes from, the state what it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from infra.base.json_value import json_of
from infra.lake.values.reference import is_atomic
from infra.move.terraform.masked import MASK
from infra.move.terraform.terraform_resource import TerraformResource

_TEXTS = ("configuration", "connection_configuration")


def with_state(written: Iterable[TerraformResource], state: Iterable[TerraformResource]) -> list[TerraformResource]:
    """Each resource of the state, filled in by the files of the same address; then those that are in the files alone."""
    left = {one.address: one for one in written}
    known = [_filled(one, left.pop(one.address, None)) for one in state]
    return [*known, *left.values()]


def _filled(applied: TerraformResource, written: TerraformResource | None) -> TerraformResource:
    """What is applied, with the references that stand in the files."""
    if written is None:
        return applied
    values = {**applied.values, **{key: _object(applied.values[key]) for key in _TEXTS if key in applied.values}}
    return replace(applied, values=_laid_over(values, dict(written.values)))


def _object(value: Any) -> Any:
    try:
        return json_of(value) if isinstance(value, str) else value
    except ValueError:
        return None


def _laid_over(below: Any, above: Any) -> Any:
    """What is applied, but for references and for what the state leaves open."""
    if below is None or (isinstance(above, Mapping) and is_atomic(above)):
        return above
    if isinstance(above, Mapping) and isinstance(below, Mapping):
        told = {key: value for key, value in above.items() if value != MASK}
        return {**below, **{key: _laid_over(below.get(key), value) for key, value in told.items()}}
    if isinstance(above, list) and isinstance(below, list):
        return [_laid_over(item, _partner(item, index, above)) for index, item in enumerate(below)]
    return below


def _partner(item: Any, index: int, others: list[Any]) -> Any:
    """The item of the files that is the same one: of the same name, as Terraform orders streams anew, else at the same place."""
    name = item.get("name") if isinstance(item, Mapping) else None
    if name is not None:
        return next((one for one in others if isinstance(one, Mapping) and one.get("name") == name), None)
    return others[index] if index < len(others) else None
