"""A JSON Schema that is broken in places, without those places: what is broken costs no more than itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import jsonschema_rs

from infra.lake.documents.json_schema import MANY, NAMED, ONE
from infra.lake.documents.location import KeyPath, render_path

_WORDS = {
    "type": "must be one of array, boolean, integer, null, number, object and string, or a list of these",
    "enum": "must be a list with something in it",
    "pattern": "must be a regular expression",
    "uniqueItems": "must be true or false",
    **dict.fromkeys(["$ref", "format"], "must be text"),
    **dict.fromkeys(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"], "must be a number"),
    **dict.fromkeys(["minLength", "maxLength", "minItems", "maxItems"], "must be a whole number"),
}


class Flaw(NamedTuple):
    """A place of a schema that draft-07 does not have so: the path, and what it must be."""

    path: KeyPath
    message: str

    def to_text(self) -> str:
        """`properties.port.type must be ...`."""
        return f"{render_path(self.path)} {self.message}"


def mended(schema: Any) -> tuple[Any, tuple[Flaw, ...]]:
    """The schema without what draft-07 does not have, and where that was.

    A keyword goes alone; what is no schema at all allows everything, but as the member of a union, which goes too.
    """
    mender = _Mender()
    return mender.schema(schema, ()), tuple(mender.flaws)


_GONE = object()


@dataclass
class _Mender:
    flaws: list[Flaw] = field(default_factory=list)

    def schema(self, schema: Any, path: KeyPath, otherwise: Any = None) -> Any:
        """The schema, or for what is none `otherwise`, `{}` if that is not given."""
        if isinstance(schema, bool):
            return schema
        if not isinstance(schema, dict):
            return self._flaw(path, "must be a mapping", {} if otherwise is None else otherwise)
        kept = ((key, self._keyword(key, said, (*path, key))) for key, said in schema.items())
        return {key: said for key, said in kept if said is not _GONE}

    def _keyword(self, key: str, said: Any, path: KeyPath) -> Any:
        if key in NAMED or key == "$defs":
            return self._named(said, path)
        if key in MANY or (key == "items" and isinstance(said, list)):
            return self._many(said, path)
        if key in ONE:
            return self.schema(said, path, _GONE)
        if key == "required":
            right = isinstance(said, list) and all(isinstance(name, str) for name in said)
            return list(dict.fromkeys(said)) if right else self._flaw(path, "must be a list of text")
        return said if key not in _WORDS or _is_right(key, said) else self._flaw(path, _WORDS[key])

    def _named(self, said: Any, path: KeyPath) -> Any:
        if not isinstance(said, dict):
            return self._flaw(path, "must be a mapping")
        return {name: self.schema(inner, (*path, name)) for name, inner in said.items()}

    def _many(self, said: Any, path: KeyPath) -> Any:
        if not isinstance(said, list) or not said:
            return self._flaw(path, "must be a list with something in it")
        members = [self.schema(inner, (*path, at), _GONE) for at, inner in enumerate(said)]
        return [member for member in members if member is not _GONE] or _GONE

    def _flaw(self, path: KeyPath, message: str, otherwise: Any = _GONE) -> Any:
        self.flaws.append(Flaw(path, message))
        return otherwise


def _is_right(key: str, said: Any) -> bool:
    if key in ("enum", "$ref"):
        return isinstance(said, list) and bool(said) if key == "enum" else isinstance(said, str)
    try:
        jsonschema_rs.Draft7Validator({key: said})
    except jsonschema_rs.ValidationError:
        return False
    return True
