"""Placeholders: a value for every option that a connector requires, such that `check` has nothing against it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from infra.connectors.spec import Spec, branches_of, constant, discriminator, flat
from infra.documents import KeyPath
from infra.scaffold.names import Names
from infra.scaffold.shape import as_written, fits, is_union_of_objects, items_of, kind_of, known_options

MARK = "CHANGE_ME"

# Texts for patterns and formats, those first that say that they are no real value.
_TEXTS = (
    MARK,
    "change-me",
    "changeme",
    "change-me/change-me",
    "https://change-me.example.com/",
    "https://change-me.example.com",
    "change-me.example.com",
    "change-me@example.com",
    "change-me.snowflakecomputing.com",
    "https://drive.google.com/drive/folders/change-me",
    "2026-01-01",
    "2026-01-01T00:00:00Z",
    "2026-01-01T00:00:00",
    "2026-01-01T00:00:00.000Z",
    "2026-01-01T00:00:00.000000Z",
    "2026-01-01 00:00:00",
    "00:00",
    "0",
    "00000000-0000-0000-0000-000000000000",
    "0000000000",
)
_BY_FORMAT = {"date": "2026-01-01", "date-time": "2026-01-01T00:00:00Z", "uri": "https://change-me.example.com/"}


@dataclass
class Placeholders:
    """Makes placeholders for the options of one entry.

    Attributes:
        names: of the variables that stand for secrets, and for text that nobody can guess.
        guessed: the paths of values that somebody has to decide about.
    """

    names: Names
    guessed: set[KeyPath] = field(default_factory=set)

    def value(self, spec: Spec, path: KeyPath = ()) -> Any:
        """What to write at a path: a reference for a secret, the default if the spec has one, else a guess."""
        spec = flat(spec)
        if spec.get("airbyte_secret"):
            return {"secret": self.names.at(path)}
        if "default" in spec and fits(spec, spec["default"]):
            return spec["default"]
        if is_union_of_objects(spec):
            return self._union(spec, path)
        kind = kind_of(spec)
        if kind == "object":
            return as_written(self._object(spec, {}, path))
        return self._list(spec, path) if kind == "array" else self._scalar(spec, path)

    def _union(self, spec: Spec, path: KeyPath) -> dict[str, Any]:
        """The first branch that can be filled in."""
        made = [
            as_written(self._object(spec, self._constants(spec, branch), path, branch)) for branch in branches_of(spec)
        ]
        return next((value for value in made if fits(spec, value)), made[0])

    @staticmethod
    def _constants(spec: Spec, branch: Spec) -> dict[str, Any]:
        name = discriminator(spec)
        return {} if name is None else {name: constant(branch, name)}

    def _object(self, spec: Spec, begun: dict[str, Any], path: KeyPath, branch: Spec | None = None) -> dict[str, Any]:
        parts = (spec, flat(branch or {}))
        known = {**known_options(spec, {}), **known_options(parts[1], {})}
        required = sorted({key for part in parts for key in part.get("required", ())})
        missing = {key: self.value(known.get(key, {}), (*path, key)) for key in required if key not in begun}
        return {**begun, **missing}

    def _list(self, spec: Spec, path: KeyPath) -> list[Any]:
        items = items_of(spec)
        choices = items.get("enum", ())
        count = max(spec.get("minItems", 1), 1)
        made = [self.value(items, (*path, index)) for index in range(count)]
        candidates: tuple[list[Any], ...] = (made, list(choices[:count]), [])
        return next((value for value in candidates if fits(spec, value)), made)

    def _scalar(self, spec: Spec, path: KeyPath) -> Any:
        if "const" in spec or len(spec.get("enum", ())) == 1:
            return spec.get("const", spec.get("enum", [None])[0])
        self.guessed.add(path)
        found = next((value for value in self._candidates(spec, path) if fits(spec, value)), None)
        return {"var": self.names.at(path)} if found is None else found

    def _candidates(self, spec: Spec, path: KeyPath) -> Iterator[Any]:
        yield from sorted(spec.get("enum", ()), key=lambda choice: choice in ("", None))
        yield from (self.value(branch, path) for branch in branches_of(spec))
        kind = kind_of(spec)
        if kind == "boolean":
            yield False
        elif kind in ("integer", "number"):
            yield from _numbers(spec)
        elif kind == "string":
            yield from _texts(spec)


def _numbers(spec: Spec) -> Iterator[Any]:
    yield 1
    step = spec.get("multipleOf", 1)
    for key, beyond in (("minimum", 0), ("exclusiveMinimum", step), ("maximum", 0), ("exclusiveMaximum", -step)):
        if isinstance(spec.get(key), (int, float)):
            yield spec[key] + beyond
    yield from (step, 0, 0.5)


def _texts(spec: Spec) -> Iterator[str]:
    low, high = spec.get("minLength", 0), spec.get("maxLength")
    format_ = spec.get("format")
    for text in ([_BY_FORMAT[format_]] if format_ in _BY_FORMAT else []) + list(_TEXTS):
        yield text
        yield text.ljust(low, text[-1])[:high]
