"""Placeholders: what stands for every option that a connector requires until somebody has decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from infra.lake.connectors.spec import (
    Spec,
    branches_of,
    constant,
    discriminator,
    flat,
    is_union_of_objects,
    items_of,
    kind_of,
)
from infra.lake.documents import KeyPath
from infra.lake.registry.placeholder import MARK
from infra.scaffold.names import Names
from infra.scaffold.shape import as_written, fits, known_options


@dataclass
class Placeholders:
    """Makes placeholders for the options of one entry.

    Attributes:
        names: of the variables that stand for secrets.
        undecided: the paths of the constants that say which shape of an option is meant, where there is a choice: what is
            below belongs to the shape that was taken.
    """

    names: Names
    undecided: set[KeyPath] = field(default_factory=set)

    def value(self, spec: Spec, path: KeyPath = ()) -> Any:
        """What to write at a path: a reference for a secret, the default if the spec has one, else `CHANGE_ME`."""
        spec = flat(spec)
        if spec.get("airbyte_secret"):
            return {"secret": self.names.at(path)}
        if spec.get("default") not in (None, "") and fits(spec, spec["default"]):
            return spec["default"]
        if is_union_of_objects(spec):
            return self._union(spec, path)
        kind = kind_of(spec)
        if kind == "object":
            return as_written(self._object(spec, {}, path))
        if kind == "array":
            return self._list(spec, path)
        choices = spec.get("enum", ())
        return spec.get("const", choices[0] if len(choices) == 1 else MARK)

    def _union(self, spec: Spec, path: KeyPath) -> dict[str, Any]:
        """The first branch that can be filled in."""
        branches, name = branches_of(spec), discriminator(spec)
        if name is not None and len(branches) > 1:
            self.undecided.add((*path, name))
        made = [as_written(self._object(spec, self._constants(name, branch), path, branch)) for branch in branches]
        return next((value for value in made if fits(spec, value)), made[0])

    @staticmethod
    def _constants(name: str | None, branch: Spec) -> dict[str, Any]:
        return {} if name is None else {name: constant(branch, name)}

    def _object(self, spec: Spec, begun: dict[str, Any], path: KeyPath, branch: Spec | None = None) -> dict[str, Any]:
        parts = (spec, flat(branch or {}))
        known = {**known_options(spec, {}), **known_options(parts[1], {})}
        required = sorted({key for part in parts for key in part.get("required", ())})
        missing = {key: self.value(known.get(key, {}), (*path, key)) for key in required if key not in begun}
        return {**begun, **missing}

    def _list(self, spec: Spec, path: KeyPath) -> list[Any]:
        items = items_of(spec)
        count = max(spec.get("minItems", 1), 1)
        made = [self.value(items, (*path, index)) for index in range(count)]
        return next((value for value in (made, made[:1], []) if fits(spec, value)), made)
