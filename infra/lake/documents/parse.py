"""A value through a frozen pydantic model; what does not fit comes back as problems with file, line and column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from types import UnionType
from typing import Annotated, Any, ClassVar, NamedTuple, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from infra.lake.documents.document import Layers
from infra.lake.documents.location import KeyPath
from infra.lake.documents.problem import Problem, without_echoes
from infra.lake.documents.rule_id import RULE_IDS, RuleId
from infra.lake.documents.suggestions import did_you_mean, near_matches, question
from infra.lake.documents.type_cures import cure_of_type
from infra.lake.documents.yaml_text import flow


class Foreign(NamedTuple):
    """A key that other tools have.

    Attributes:
        means: the key that stands for it here; empty where there is none.
        write: what to write, of the mapping that it stands in.
    """

    means: str
    write: Callable[[Mapping[str, Any]], str]


class Strict(BaseModel):
    """Base of every model: frozen, no unknown keys, no conversions (`"5"` is not 5)."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    # Keys that people know from Airbyte and that cannot be had here, each with the reason.
    refused: ClassVar[Mapping[str, str]] = {}
    # Keys that belong to another place, each with what to write.
    elsewhere: ClassVar[Mapping[str, str]] = {}
    # Keys of other tools, without their case, `-` and `_`.
    foreign: ClassVar[Mapping[str, Foreign]] = {}


M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")


def refuse(rule: RuleId, message: str, fix: str = "", at: KeyPath = (), *, missing: str = "") -> PydanticCustomError:
    """The error that a validator raises: it becomes a Problem of `rule`, `at` a path below the validated value, where the
    key `missing` is not.
    """
    return PydanticCustomError(rule, "{message}", {"message": message, "fix": fix, "at": at, "missing": missing})


def why_refused(check: Callable[[T], object], value: T) -> tuple[str, str] | None:
    """(message, fix) of the error that a check raises with `refuse`, None if it lets the value pass."""
    try:
        check(value)
    except PydanticCustomError as error:
        context = error.context or {}
        return context["message"], context["fix"]
    return None


def parse(model: type[M], layers: Layers, *, partial: bool = False) -> tuple[M | None, list[Problem]]:
    """The model of a value, or None and every reason why not.

    `partial` ignores missing keys: defaults and overrides are pieces of an entry, not whole ones.
    """
    try:
        return model.model_validate(layers.value), []
    except ValidationError as error:
        details = error.errors(include_url=False)
    told = _once(model, layers, _innermost(details))
    problems = without_echoes([_problem(model, layers, detail) for detail in told])
    return None, [p for p in problems if not (partial and p.rule == "missing-key")]


def _innermost(details: list[ErrorDetails]) -> list[ErrorDetails]:
    """Without the lists that are too short only because of what is wrong inside of them."""
    places = [detail["loc"] for detail in details]
    return [
        detail
        for detail in details
        if detail["type"] != "too_short"
        or not any(len(place) > len(detail["loc"]) and place[: len(detail["loc"])] == detail["loc"] for place in places)
    ]


def _once(model: type[BaseModel], layers: Layers, details: list[ErrorDetails]) -> list[ErrorDetails]:
    """Several keys of another tool that are one key here are one mistake, whatever stands under that key itself: where it
    is written, by the same author.
    """
    told: set[KeyPath] = set()
    others: set[KeyPath] = set()
    kept = []
    for detail in details:
        path = _key_path(layers.value, detail["loc"])
        foreign = _foreign(models_at(model, path[:-1]), path) if detail["type"] == "extra_forbidden" else None
        meant = (*path[:-1], foreign.means) if foreign and foreign.means else None
        if meant is None or meant not in told:
            kept.append((path, detail))
        if foreign and meant:
            told.add(meant)
            if foreign.means in _at(layers.value, meant[:-1]) and not _stands_beside(foreign, layers, path):
                others.add(meant)
    one = told - others
    return [detail for path, detail in kept if not any(path[: len(meant)] == meant for meant in one)]


def _stands_beside(foreign: Foreign, layers: Layers, path: KeyPath) -> bool:
    """True where the same author writes the key that it stands for, too."""
    meant = (*path[:-1], foreign.means)
    return foreign.means in _at(layers.value, path[:-1]) and layers.writer_of(meant) is layers.writer_of(path)


def _foreign(owners: tuple[type[BaseModel], ...], path: KeyPath) -> Foreign | None:
    """What a key of another tool means, if the last of the path is one."""
    name = folded(str(path[-1]))
    tables = [owner.foreign for owner in owners if issubclass(owner, Strict)]
    return next((table[name] for table in tables if name in table), None)


def _problem(model: type[BaseModel], layers: Layers, detail: ErrorDetails) -> Problem:
    path = _key_path(layers.value, detail["loc"])
    kind = detail["type"]
    rule = next((rule for rule in RULE_IDS if rule == kind), None)
    if rule is not None:
        context = detail["ctx"]
        of_key = rule in ("missing-key", "unknown-key") or detail["loc"][-1:] == ("[key]",)
        at = path + tuple(context["at"])
        return layers.problem(rule, at, context["message"], context["fix"], key=of_key, missing=context["missing"])
    if kind == "extra_forbidden":
        return _unknown_key(model, layers, path)
    if kind == "missing":
        return _missing_key(model, layers, path)
    message, fix = _wording(kind, detail, layers.writer_of(path).document.file)
    fix = fix or _mapping_meant(models_at(model, path), detail["input"])
    return layers.problem("wrong-type", path, message, fix)


def _mapping_meant(owners: tuple[type[BaseModel], ...], value: Any) -> str:
    """`{version: 1.2.0}` for text that stands where a mapping does: its one key, or all that it needs; else empty."""
    if len(owners) != 1 or not isinstance(value, str):
        return ""
    fields = {field.alias or name: field for name, field in owners[0].model_fields.items()}
    needed = [name for name, field in fields.items() if field.is_required()] or list(fields)[:1]
    if len(needed) == 1:
        return f"write {{{needed[0]}: {flow(value)}}}"
    return f"write {{{', '.join(f'{name}: ...' for name in needed)}}}"


def _key_path(value: Any, location: KeyPath) -> KeyPath:
    """The location without pydantic's own words (`@tag` of a union, `[key]`), unless the author wrote such a key."""
    path: KeyPath = ()
    for part in location:
        is_word = str(part).startswith("@") or part == "[key]"
        if is_word and not (isinstance(value, dict) and part in value):
            continue
        path = (*path, part)
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            value = None
    return path


def _unknown_key(model: type[BaseModel], layers: Layers, path: KeyPath) -> Problem:
    name = str(path[-1])
    owners = models_at(model, path[:-1])
    reason = next(
        (owner.refused[name] for owner in owners if issubclass(owner, Strict) and name in owner.refused), None
    )
    if reason is not None:
        return layers.problem("unknown-key", path, f'"{name}" is not supported', reason, key=True)
    if foreign := _foreign(owners, path):
        message, fix = f'unknown key "{name}"', foreign.write(_at(layers.value, path[:-1]))
        if _stands_beside(foreign, layers, path):
            message = f'"{name}" means "{foreign.means}", which is given too'
            fix = f"in the place of both, {fix}" if fix.startswith("write ") else fix
        near = [foreign.means] if foreign.means else []
        return layers.problem("unknown-key", path, message, fix, key=True, near=near)
    there = [owner.elsewhere[name] for owner in owners if issubclass(owner, Strict) and name in owner.elsewhere]
    if there:
        return layers.problem("unknown-key", path, f'the key "{name}" does not belong here', there[0], key=True)
    known = {field.alias or key for owner in owners for key, field in owner.model_fields.items()} - {name}
    fix, near = did_you_mean(name, known, "keys", most=len(known)), near_matches(name, known)
    return layers.problem("unknown-key", path, f'unknown key "{name}"', fix, key=True, near=near)


def folded(key: str) -> str:
    """A key without its case, `-` and `_`: `namespaceDefinition` and `namespace_definition` are one."""
    return re.sub("[-_]", "", key.lower())


def _at(value: Any, path: KeyPath) -> Mapping[str, Any]:
    """The mapping at a path; empty if there is none."""
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return {}
    return value if isinstance(value, dict) else {}


def _missing_key(model: type[BaseModel], layers: Layers, path: KeyPath) -> Problem:
    name = str(path[-1])
    fields = (owner.model_fields.get(name) for owner in models_at(model, path[:-1]))
    about = next((field.description for field in fields if field and field.description), "")
    fix = f"add {name}: {about}" if about else f"add {name}"
    message = f'the key "{name}" is missing'
    return layers.problem("missing-key", path[:-1], message, fix, key=True, missing=name)


_KINDS = {
    "string": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "dict": "a mapping",
    "model": "a mapping",
    "mapping": "a mapping",
    "list": "a list",
    "tuple": "a list",
}
_FOUND = {str: "text", bool: "true or false", int: "a number", float: "a number", dict: "a mapping", list: "a list"}


def _wording(kind: str, detail: ErrorDetails, file: str) -> tuple[str, str]:
    value = detail["input"]
    found = _FOUND.get(type(value), "nothing")
    if kind == "literal_error":
        choices = detail["ctx"]["expected"].replace("'", '"')
        names = [part.strip('" ') for part in choices.replace(" or ", ",").split(",")]
        close = near_matches(value, names)[:1] if isinstance(value, str) else []
        return f"must be {choices}", question(close)
    if kind in ("string_too_short", "too_short"):
        return "must not be empty", "name one, or remove it"
    kind = kind.removesuffix("_type").removesuffix("_attributes").removesuffix("_parsing")
    wanted = _KINDS.get(kind)
    if wanted is None:
        return detail["msg"][0].lower() + detail["msg"][1:], ""
    if wanted == "a mapping" and not detail["loc"] and not value:
        return f"must be {wanted}, not {found}", "write {} to accept every default"
    # A mapper may hold a key, and what stands in its place is not repeated.
    cure = "" if "mappers" in detail["loc"] else cure_of_type(wanted, value, file)
    return f"must be {wanted}, not {found}", cure


@lru_cache(maxsize=256)
def models_at(model: type[BaseModel], path: KeyPath) -> tuple[type[BaseModel], ...]:
    """The models that describe the mapping at `path` below `model`; several where it is a union."""
    here: list[Any] = [model]
    for part in path:
        here = [step for annotation in here for step in _below(annotation, part)]
    return tuple(found for annotation in here for found in _models_in(annotation))


def _below(annotation: Any, part: str | int) -> Iterator[Any]:
    """The annotations of what stands under key or index `part`."""
    for owner in _models_in(annotation):
        if part in owner.model_fields:
            yield owner.model_fields[str(part)].annotation
    for container in _unwrapped(annotation):
        arguments = [argument for argument in get_args(container) if argument is not Ellipsis]
        if arguments and not (isinstance(container, type) and issubclass(container, BaseModel)):
            yield arguments[-1]


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    for inner in _unwrapped(annotation):
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield inner


def _unwrapped(annotation: Any) -> Iterator[Any]:
    """The members of Optional, Union and Annotated, down to plain types and containers."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _unwrapped(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for member in get_args(annotation):
            yield from _unwrapped(member)
    else:
        yield annotation
