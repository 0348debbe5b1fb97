"""Values for every union of a spec: each branch with and without what tells it apart, and ways to get it wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.support import spec_configurations as specs

Json = dict[str, Any]
FULL = specs.Choose(lambda: True, lambda _: 0)


@dataclass(frozen=True)
class UnionValue:
    """A value for one union.

    Attributes:
        what: how it was made.
        clear: with secrets in clear, as an independent validator can judge it.
        written: with references in the place of secrets.
    """

    what: str
    clear: Any
    written: Any


def unions_in(spec: Any) -> Iterator[Json]:
    """Every union of objects in a spec, outermost first, those inside of branches too."""
    if isinstance(spec, list):
        for member in spec:
            yield from unions_in(member)
    elif isinstance(spec, dict):
        if any("properties" in branch for branch in _branches(spec)):
            yield spec
        for inner in spec.values():
            yield from unions_in(inner)


def union_values(union: Json) -> Iterator[UnionValue]:
    """For each branch: whole and minimal, each without its constants, without one required key, with a wrong type, with the keys
    of the next branch; and `{}`.
    """
    made = [list(_of_branch(union, number)) for number in range(len(_branches(union)))]
    yield UnionValue("nothing", {}, {})
    for number, values in enumerate(made):
        for value in values:
            yield value
            yield from _wrong(value, union)
            other = made[(number + 1) % len(made)][0]
            yield UnionValue(
                f"{value.what} on the next", {**other.clear, **value.clear}, {**other.written, **value.written}
            )


def _of_branch(union: Json, number: int) -> Iterator[UnionValue]:
    branch = _branches(union)[number]
    for name, choose in (("minimal", specs.MINIMAL), ("full", FULL)):
        alone = _alone(union, branch)
        clear = specs.configuration(alone, choose)
        written = specs.with_secrets(alone, clear)
        yield UnionValue(f"{name} {number}", clear, written)
        constants = _constants(branch)
        if constants & clear.keys():
            yield UnionValue(f"{name} {number} untold", _without(clear, constants), _without(written, constants))


def _alone(union: Json, branch: Json) -> Json:
    """The branch as if there were no other."""
    own = {key: said for key, said in union.items() if key not in ("oneOf", "anyOf")}
    properties = {**own.get("properties", {}), **branch.get("properties", {})}
    required = [*own.get("required", ()), *branch.get("required", ())]
    return {**own, **branch, "properties": properties, "required": required}


def _wrong(value: UnionValue, union: Json) -> Iterator[UnionValue]:
    for key in sorted(value.clear)[:6]:
        yield UnionValue(f"{value.what} without {key}", _without(value.clear, {key}), _without(value.written, {key}))
        wrong = {"no": ["such", "type"]}
        if isinstance(value.written[key], str) or key in _constants_of_all(union):
            yield UnionValue(
                f"{value.what} with a wrong {key}", {**value.clear, key: wrong}, {**value.written, key: wrong}
            )


def _branches(union: Json) -> list[Json]:
    members = union.get("oneOf", union.get("anyOf", ()))
    return [branch for branch in members if isinstance(branch, dict)] if isinstance(members, list) else []


def _constants(branch: Json) -> set[str]:
    return {
        key
        for key, inner in branch.get("properties", {}).items()
        if "const" in inner or len(inner.get("enum", ())) == 1
    }


def _constants_of_all(union: Json) -> set[str]:
    return {key for branch in _branches(union) for key in _constants(branch)}


def _without(value: Json, keys: set[str]) -> Json:
    return {key: inner for key, inner in value.items() if key not in keys}


@dataclass(frozen=True)
class Place:
    """Where a union stands: a spec around it, and values of that spec around values of the union."""

    name: str

    def spec(self, union: Json) -> Json:
        """A spec of a whole configuration that has the union here."""
        if self.name == "option":
            return _options({"place": union})
        if self.name == "list":
            return _options({"places": {"type": "array", "items": union}})
        if self.name == "all of":
            return _options({"place": {"allOf": [union]}})
        inside = {"type": "object", "required": ["inner"], "properties": {"inner": union}}
        told = {"type": "object", "required": ["size"], "properties": {"size": {"type": "integer"}}}
        return _options({"outer": {"type": "object", "oneOf": [told, inside]}})

    def value(self, value: Any) -> Json:
        """A configuration that has the value here."""
        if self.name in ("option", "all of"):
            return {"place": value}
        return {"places": [value, value]} if self.name == "list" else {"outer": {"inner": value}}


PLACES = [Place(name) for name in ("option", "list", "all of", "below a union")]


def _options(properties: Json) -> Json:
    return {"type": "object", "properties": properties}


TEXT: Json = {"type": "string"}
SECRET: Json = {"type": "string", "airbyte_secret": True}


def _branch(required: str, **properties: Json) -> Json:
    return {"type": "object", "required": required.split(), "properties": properties}


def _const(value: Any) -> Json:
    return {"type": "string", "const": value}


UNIONS: dict[str, Json] = {
    "an optional constant": {"oneOf": [_branch("key", kind=_const("key"), key=SECRET), _branch("user password", kind=_const("login"), user=TEXT, password=SECRET)]},
    "a required constant": {"oneOf": [_branch("kind key", kind=_const("key"), key=SECRET), _branch("kind", kind=_const("none"))]},
    "nothing required": {"oneOf": [_branch("", kind=_const("key"), key=SECRET), _branch("", kind=_const("none"), note=TEXT)]},
    "no constant": {"oneOf": [_branch("key", key=SECRET), _branch("user", user=TEXT, note=TEXT)]},
    "a part of another": {"oneOf": [_branch("host", host=TEXT), _branch("host port", host=TEXT, port={"type": "integer"})]},
    "closed branches": {"oneOf": [{**_branch("host", host=TEXT), "additionalProperties": False}, _branch("host port", host=TEXT, port={"type": "integer"})]},
    "told by a type": {"oneOf": [_branch("value", value=TEXT), _branch("value", value={"type": "array", "items": TEXT})]},
    "told by choices": {"oneOf": [_branch("mode", mode={"enum": ["a", "b"]}, key=SECRET), _branch("mode", mode={"enum": ["c", "d"]}, note=TEXT)]},
    "two constants": {"oneOf": [_branch("", v=_const("1"), kind=_const("a"), key=SECRET), _branch("kind", v=_const("1"), kind=_const("b"))]},
    "a constant that two have": {"oneOf": [_branch("kind a", kind=_const("x"), a=TEXT), _branch("kind b", kind=_const("x"), b=SECRET)]},
    "any of": {"anyOf": [_branch("key", key=SECRET), _branch("user", user=TEXT)]},
    "beside options of its own": {"type": "object", "required": ["name"], "properties": {"name": TEXT}, "oneOf": [_branch("key", key=SECRET), _branch("user", user=TEXT)]},
    "another union inside": {"oneOf": [_branch("login", login={"oneOf": [_branch("key", kind=_const("k"), key=SECRET), _branch("user", kind=_const("u"), user=TEXT)]}), _branch("size", size={"type": "integer"})]},
}  # fmt: skip
