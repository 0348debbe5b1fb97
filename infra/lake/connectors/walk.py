"""The one walk over a configuration: what it holds, place by place, with the spec of each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from infra.lake.connectors.branch import property_specs, resolved
from infra.lake.connectors.spec import Spec, branches_of, item_spec
from infra.lake.documents import KeyPath
from infra.lake.values.convert import VariableType
from infra.lake.values.reference import LITERAL, literal_value, reference_name

_TYPES: dict[str, VariableType] = {"integer": "number", "number": "number", "boolean": "bool", "string": "string"}


class Option(NamedTuple):
    """A value that holds no others: a reference, a scalar, an empty mapping or list.

    Attributes:
        path: as it is written, with the key of `{literal: ...}`.
        spec: of its place; None where the connector's spec does not say.
        secret: True where the spec says that it is a secret, or in one.

    """

    path: KeyPath
    value: Any
    spec: Spec | None
    secret: bool

    @property
    def reference(self) -> tuple[str, str] | None:
        """(`secret` or `var`, name); None for a literal."""
        return reference_name(self.value)

    @property
    def names_secret(self) -> bool:
        """True for `{secret: NAME}`."""
        return self.reference is not None and self.reference[0] == "secret"

    @property
    def type(self) -> VariableType:
        """That of the variable that fills the place; `string` for a secret and where the spec leaves it open."""
        kinds = self.spec.get("type") if self.spec else None
        known = {_TYPES[kind] for kind in ([kinds] if isinstance(kinds, str) else kinds or ()) if kind in _TYPES}
        return known.pop() if len(known) == 1 and not self.names_secret else "string"


def options_in(value: Any, spec: Spec | None = None, path: KeyPath = (), *, secret: bool = False) -> Iterator[Option]:
    """Every option below a value, in the order of writing; `secret`: of something that is one as a whole."""
    secret = secret or (spec is not None and bool(spec.get("airbyte_secret")))
    if not value or not isinstance(value, (dict, list, tuple)) or reference_name(value):
        yield Option(path, value, spec, secret)
        return
    for below, inner, inner_spec in children(value, spec):
        yield from options_in(inner, inner_spec, path + below, secret=secret)


def references_in(value: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, str, str]]:
    """Every (path, `secret` or `var`, name) below a value, in the order of writing."""
    for option in options_in(value, None, path):
        if option.reference is not None:
            yield option.path, *option.reference


def rebuilt(
    value: Any, replaced: Callable[[KeyPath, Any], Any], key: Callable[[str], str] = str, path: KeyPath = ()
) -> Any:
    """The value without `{literal: ...}` around objects, with each option as `replaced` has it, and each key as `key` has it."""
    if isinstance(value, dict) and reference_name(value) is None:
        at, held = _opened(value)
        return {key(name): rebuilt(inner, replaced, key, (*path, *at, name)) for name, inner in held.items()}
    if isinstance(value, (list, tuple)):
        return [rebuilt(inner, replaced, key, (*path, index)) for index, inner in enumerate(value)]
    return replaced(path, value)


def written_path(value: Any, path: KeyPath) -> KeyPath:
    """A path in what `rebuilt` makes of a value as its author wrote it: with `literal`, which the path may have already."""
    written: KeyPath = ()
    for part in path:
        literal = literal_value(value)
        if literal is not None and (part != LITERAL or LITERAL in literal):
            value, written = literal, (*written, LITERAL)
        written = (*written, part)
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            value = None
    return written


def find_option(value: Any, spec: Spec | None, path: Sequence[str]) -> tuple[Any, Spec | None]:
    """(value, spec) of the place at a path of names; None for what is not written, and for what no branch of the spec has."""
    for name in path:
        declared = any(name in branch.get("properties", {}) for branch in branches_of(spec or {}))
        at = next(((inner, below) for key, inner, below in children(value, spec) if key[-1] == name), (None, None))
        value, spec = at[0], {} if at[1] is None and declared else at[1]
    return value, spec


def without_options(value: Any, paths: Collection[Sequence[str]]) -> Any:
    """The value without what is at the paths of names."""
    if not paths or not isinstance(value, dict):
        return value
    below = {key: [path[1:] for path in paths if path[0] == key] for key in value}
    return {key: without_options(inner, below[key]) for key, inner in value.items() if () not in below[key]}


def children(value: Any, spec: Spec | None) -> Iterator[tuple[KeyPath, Any, Spec | None]]:
    """(path below, value, spec) of what a value holds; `{literal: ...}` is looked through."""
    if isinstance(value, dict):
        at, held = _opened(value)
        specs = property_specs(spec, held)
        for key, inner in held.items():
            yield (*at, key), inner, specs.get(key)
    elif isinstance(value, (list, tuple)):
        whole = None if spec is None else resolved(spec, value)
        for index, inner in enumerate(value):
            yield (index,), inner, item_spec(whole, index)


def _opened(value: dict[str, Any]) -> tuple[KeyPath, Mapping[str, Any]]:
    """What is on the way to the keys of an object, and the object."""
    literal = literal_value(value)
    return ((), value) if literal is None else ((LITERAL,), literal)
