"""A value of which nobody can tell the branch that it means: what to write, and where its secrets are."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Any

from infra.lake.connectors.branch import property_specs
from infra.lake.connectors.findings import KINDS, Finding, Path, choose_from, missing_key, unknown_key
from infra.lake.connectors.spec import Spec, branches_of, constant, discriminator, is_object, item_specs, kinds_of
from infra.lake.connectors.typed_branch import typed_branch
from infra.lake.connectors.unknown import Undecided, Unknown
from infra.lake.documents import did_you_mean, near_matches, question

_SEVERAL = "fits more than one of the forms that the spec has"


def undecided(spec: Spec, value: Any, path: Path, *, several: bool) -> Iterator[Finding]:
    """Why no branch of a union is meant by a value; `several`: it fits more than one."""
    name = discriminator(spec)
    if not isinstance(value, Mapping):
        yield _no_mapping(spec, value, path, several=several)
    elif name is not None:
        yield from _no_choice(spec, name, value, path)
    else:
        misspelt = [] if several else _misspelt(spec, value, path, _known_to_all(spec))
        message = _SEVERAL if several else "matches none of the forms that the spec has"
        fix = f"keep the keys of one: {_forms(spec)}" if several else _forms(spec)
        yield from misspelt or [Finding("config-invalid", path, message, fix)]


def secrets_in(spec: Spec, value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """(path, value) of what is a secret in any of the branches, and no reference."""
    if spec.get("airbyte_secret") and not isinstance(value, (Unknown, Undecided)):
        yield path, value
    elif isinstance(value, Mapping):
        for key, inner in property_specs(spec, value).items():
            yield from secrets_in(inner, value[key], (*path, key))
    elif isinstance(value, list):
        for at, (one, item) in enumerate(zip(item_specs(spec, len(value)), value, strict=True)):
            yield from secrets_in(one if isinstance(one, Mapping) else {}, item, (*path, at))


def _no_mapping(spec: Spec, value: Any, path: Path, *, several: bool) -> Finding:
    """What is wrong with a scalar or a list."""
    branches, name = branches_of(spec), discriminator(spec)
    if not all(is_object(branch) for branch in branches):
        said = [kind for branch in branches for kind in kinds_of(branch)]
        kinds = dict.fromkeys(KINDS[kind] for kind in said if kind in KINDS)
        message = _SEVERAL if several or not kinds else f"must be {' or '.join(kinds)}"
        return Finding("config-invalid", path, message)
    choices = [constant(branch, name) for branch in branches] if name else []
    fix = f"write {{{name}: {value}}}" if value in choices else f"choose with {name}: {', '.join(map(str, choices))}"
    return Finding("config-invalid", path, "must be a mapping", fix if name else _forms(spec))


def _no_choice(spec: Spec, name: str, value: Mapping[str, Any], path: Path) -> Iterator[Finding]:
    """What is wrong with an object whose discriminator decides nothing."""
    given = value.get(name)
    choices = [str(constant(branch, name)) for branch in branches_of(spec)]
    if isinstance(given, Undecided):
        return
    if isinstance(given, Unknown):
        message = "must be written out: it decides which other options there are"
        yield Finding("config-invalid", (*path, name), message, choose_from(given, choices))
    elif name in value and given in choices:
        yield Finding("config-invalid", path, _SEVERAL, _forms(spec))
    elif name in value:
        yield Finding("config-invalid", (*path, name), "is not one of the spec's choices", choose_from(given, choices))
    elif typed := typed_branch(spec, value):
        yield Finding("config-invalid", path, "this is the form of Terraform's typed resources", typed)
    else:
        yield from _misspelt(spec, value, path, [name]) or _undiscriminated(spec, name, value, path)


def _undiscriminated(spec: Spec, name: str, value: Mapping[str, Any], path: Path) -> list[Finding]:
    """The discriminator that is missing, with the choices that the other keys leave; and the keys that no branch has."""
    known, choices = _known_to_all(spec), [constant(branch, name) for branch in branches_of(spec)]
    unknown = [key for key in value if key not in known] if all(_keys_of(spec)) else []
    if other := key_with(choices, value, known):
        return [missing_key(path, name, instead_of(other, name, value[other]))]
    near = {key: near_matches(key, known) for key in unknown}
    said = (value.keys() & known) | {names[0] for names in near.values() if names}
    left = [choice for choice, keys in zip(choices, _keys_of(spec), strict=True) if said <= keys] or choices
    told = [unknown_key(path, key, did_you_mean(key, known, "keys"), names) for key, names in near.items()]
    return [missing_key(path, name, f"add {name}: {' or '.join(map(str, left))}"), *told]


def key_with(choices: Sequence[Any], value: Mapping[str, Any], known: Container[str]) -> str | None:
    """The key that is none of the spec's and has one of the choices: `type: csv` where `filetype: csv` is meant."""
    return next((key for key, said in value.items() if key not in known and said in choices), None)


def instead_of(other: str, name: str, choice: Any) -> str:
    """What to write for a choice that stands under another key."""
    return f"write {name}: {choice}, in the place of {other}"


def _keys_of(spec: Spec) -> list[set[str]]:
    """What each branch says that it has."""
    return [{*branch.get("properties", {}), *spec.get("properties", {})} for branch in branches_of(spec)]


def _misspelt(spec: Spec, value: Mapping[str, Any], path: Path, meant: Iterable[str]) -> list[Finding]:
    """The first key that no branch has, if it looks like one of those that are meant."""
    missing, known = sorted(set(meant) - value.keys()), _known_to_all(spec)
    near = ((key, near_matches(key, missing)[:1]) for key in value if key not in known)
    return [unknown_key(path, key, question(names), names) for key, names in near if names][:1]


def _forms(spec: Spec) -> str:
    ways = [" + ".join(sorted(branch.get("required", ()))) for branch in branches_of(spec)]
    return "its forms need: " + ", or ".join(way for way in ways if way) if any(ways) else ""


def _known_to_all(spec: Spec) -> set[str]:
    return {key for part in (spec, *branches_of(spec)) for key in part.get("properties", {})}
