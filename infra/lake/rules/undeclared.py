"""`undeclared`: options that a connector accepts and its spec lacks."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import takewhile
from typing import Any

from infra.lake.connectors.spec import Spec
from infra.lake.connectors.walk import find_option, options_in
from infra.lake.documents import KeyPath, Problem, near_matches, no_such
from infra.lake.registry.draft import Draft

OptionPath = tuple[str, ...]


def undeclared_options(draft: Draft, spec: Spec, configuration: Any) -> tuple[set[OptionPath], list[Problem]]:
    """The paths of a configuration that are not held against the spec, because the entry lists them or options inside of them,
    and what is wrong with the list.
    """
    known = {".".join(path) for path in _paths(configuration)}
    problems: list[Problem] = []
    meant: list[str] = []
    for at, text in _listed(draft):
        meant += [text] if text in known else near_matches(text, known)
        problems += _problems(draft, spec, configuration, at, text, known)
    outside = {_outside(spec, configuration, name.split(".")) for name in meant} - {()}
    return outside, problems + list(_unlisted(draft, configuration, outside, meant))


def _listed(draft: Draft) -> Iterator[tuple[KeyPath, str]]:
    """(key path, text) of what is listed and well-formed; a text in the place of the list is told already, and counts."""
    listed = draft.layers.value.get("undeclared")
    if isinstance(listed, str):
        yield (), listed
    for index, text in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(text, str) and all(text.split(".")):
            yield ("undeclared", index), text


def _paths(configuration: Any) -> Iterator[OptionPath]:
    """The paths of options, and of what is on the way to them, as `undeclared` can say them: down to lists."""
    for option in options_in(configuration):
        names = tuple(map(str, takewhile(_is_sayable, option.path)))
        yield from (names[:length] for length in range(1, len(names) + 1))


def _is_sayable(part: str | int) -> bool:
    return isinstance(part, str) and "." not in part


def _outside(spec: Spec, configuration: Any, path: list[str]) -> OptionPath:
    """The first place on a path that the spec lacks; empty if it has them all."""
    places = (tuple(path[:length]) for length in range(1, len(path) + 1))
    return next((place for place in places if find_option(configuration, spec, place)[1] is None), ())


def _problems(
    draft: Draft, spec: Spec, configuration: Any, at: KeyPath, text: str, known: Collection[str]
) -> Iterator[Problem]:
    if at and text not in known:
        yield draft.layers.problem("unknown-reference", at, *no_such("option", text, known))
    elif at and not _outside(spec, configuration, text.split(".")):
        message = f"the spec has the option {text}, so it is checked like any other"
        yield draft.layers.problem("unused-entry", at, message, "remove it here", severity="warning")


def _unlisted(
    draft: Draft, configuration: Any, outside: Collection[OptionPath], listed: Collection[str]
) -> Iterator[Problem]:
    """What is beside a listed option, in a mapping that the spec lacks."""
    for path, name in ((option.path, ".".join(map(str, option.path))) for option in options_in(configuration)):
        inside = any(path[: len(place)] == place for place in outside)
        if inside and not any(f"{name}.".startswith(f"{text}.") for text in listed):
            message, fix = f'unknown key "{path[-1]}"', f"if the connector accepts it, list {name} in undeclared too"
            yield draft.layers.problem("config-unknown-key", ("configuration", *path), message, fix, key=True)
